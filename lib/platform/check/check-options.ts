import {
  dns1123LabelErrors,
  dns1123SubdomainErrors,
  goList,
  labelValueErrors,
  outerIngressErrors,
  parseImageReference,
  parseQuantity,
  qualifiedNameErrors,
} from '../../api';
import { type FieldError, generic, invalidValue, isAddressRange, withRemedy } from '../../base';
import { accountsOf } from '../objects/access';
import { type PlatformOptions, resolvePlatform } from '../options';
import { settingsErrors } from './check-settings';
import { unknownOptions } from './known-options';

const PROFILES = ['small', 'ha'];
const PARTS = ['serving', 'eventing'];
const EVENTING_SETTINGS = ['eventingFeatures', 'brokerDefaults', 'channelDefaults', 'pingDataMaxSize', 'sugar'] as const;
const PULL_POLICIES = ['Always', 'IfNotPresent', 'Never'];
const EXPOSURES = ['loadBalancer', 'nodePort', 'none'];
/** Labels that the platform sets itself. */
const OWN_LABELS = ['name', 'part-of', 'component', 'version'].map((name) => `app.kubernetes.io/${name}`);

const oneOf = (value: unknown, values: readonly string[], path: string): FieldError[] =>
  value === undefined || values.includes(value as string)
    ? []
    : [withRemedy(invalidValue(value, path), `There are ${values.join(', ')}.`)];

const named = (name: string, path: string, errors = dns1123SubdomainErrors(name)): FieldError[] =>
  errors.length > 0 ? [generic(`not a name: ${goList(errors)}`, path)] : [];

function quantity(value: unknown, path: string): FieldError[] {
  if (value === undefined) return [];
  const amount = typeof value === 'string' || typeof value === 'number' ? parseQuantity(value) : undefined;
  return amount !== undefined && amount > 0
    ? []
    : [withRemedy(invalidValue(value, path), 'Write an amount such as "1Gi" or "500m".')];
}

const count = (value: number | undefined, path: string): FieldError[] =>
  value === undefined || (Number.isInteger(value) && value >= 1)
    ? []
    : [withRemedy(invalidValue(value, path), 'Write a whole number of at least 1.')];

function imageErrors({ image }: PlatformOptions): FieldError[] {
  if (image === undefined) return [];
  const { reference, pullPolicy, pullSecrets = [] } = typeof image === 'string' ? { reference: image } : image;
  const path = typeof image === 'string' ? 'image' : 'image.reference';
  const parsed = typeof reference === 'string' ? parseImageReference(reference) : undefined;
  const fixed = parsed && (parsed.digest !== undefined || (parsed.tag !== undefined && parsed.tag !== 'latest'));
  return [
    ...(fixed
      ? []
      : [
          withRemedy(
            generic(
              parsed ? `${JSON.stringify(reference)} is another image tomorrow` : `not an image: ${JSON.stringify(reference)}`,
              path,
            ),
            'Name the image by its digest (NAME@sha256:…) or by a tag of a version.',
          ),
        ]),
    ...oneOf(pullPolicy, PULL_POLICIES, 'image.pullPolicy'),
    ...pullSecrets.flatMap((name, i) => named(name, `image.pullSecrets[${i}]`)),
  ];
}

function exposureErrors({ exposure }: PlatformOptions): FieldError[] {
  if (typeof exposure !== 'object') return oneOf(exposure, EXPOSURES, 'exposure');
  if ('nodePort' in exposure && 'gateway' in exposure)
    return [generic('expected exactly one, got both', 'exposure.gateway', 'exposure.nodePort')];
  if ('nodePort' in exposure) {
    const { nodePort } = exposure;
    const fits = Number.isInteger(nodePort) && nodePort > 0 && nodePort < 65_536;
    return fits ? [] : [withRemedy(invalidValue(nodePort, 'exposure.nodePort'), 'Usually it is one of 30000 to 32767.')];
  }
  const { name, namespace } = exposure.gateway ?? {};
  return [
    ...named(name ?? '', 'exposure.gateway.name'),
    ...named(namespace ?? '', 'exposure.gateway.namespace', dns1123LabelErrors(namespace ?? '')),
    ...(exposure.hostnames ?? []).flatMap((host, i) => named(host.replace(/^\*\./, ''), `exposure.hostnames[${i}]`)),
  ];
}

function replicaErrors(options: PlatformOptions): FieldError[] {
  const { replicas } = options;
  if (!replicas) return [];
  if (options.profile !== 'ha') {
    return [withRemedy(generic('profile "small" has one pod', 'replicas'), 'Set profile to "ha", or leave replicas out.')];
  }
  const { gateway = 2, gatewayMax } = replicas;
  return [
    ...Object.entries(replicas).flatMap(([name, value]) => count(value, `replicas.${name}`)),
    ...(gatewayMax !== undefined && gatewayMax < gateway
      ? [generic(`gatewayMax is ${gatewayMax}, and less than ${gateway} gateways`, 'replicas.gatewayMax')]
      : []),
  ];
}

function resourceErrors(options: PlatformOptions): FieldError[] {
  const components = accountsOf(resolvePlatform(options, '')).map(({ component }) => component);
  return Object.entries(options.resources ?? {}).flatMap(([component, given]) => {
    const path = `resources.${component}`;
    if (!(components as readonly string[]).includes(component)) {
      return [withRemedy(generic('there is no such pod with these options', path), `There are ${components.join(', ')}.`)];
    }
    return (['requests', 'limits'] as const).flatMap((kind) =>
      Object.entries(given?.[kind] ?? {}).flatMap(([resource, amount]) => quantity(amount, `${path}.${kind}.${resource}`)),
    );
  });
}

function partErrors(options: PlatformOptions): FieldError[] {
  const { parts } = options;
  if (parts === undefined) return [];
  if (!Array.isArray(parts)) return [withRemedy(invalidValue(parts, 'parts'), 'Write a list: [serving].')];
  const errors = parts.flatMap((part, i) => oneOf(part, PARTS, `parts[${i}]`));
  if (!parts.includes('serving')) {
    errors.push(
      withRemedy(generic('events reach their receivers through the gateway of serving', 'parts'), 'Add "serving" to parts.'),
    );
  }
  return parts.includes('eventing') ? errors : [...errors, ...strayErrors(options)];
}

/** What is said of events where there are none. */
function strayErrors({ events, settings = {} }: PlatformOptions): FieldError[] {
  const given = [
    ...(events === undefined ? [] : ['events']),
    ...EVENTING_SETTINGS.filter((name) => settings[name] !== undefined).map((name) => `settings.${name}`),
    ...(settings.raw?.eventing === undefined ? [] : ['settings.raw.eventing']),
  ];
  return given.map((path) =>
    withRemedy(generic('this platform has no eventing', path), 'Leave it out, or add "eventing" to parts.'),
  );
}

const tlsErrors = ({ tls = 'none' }: PlatformOptions): FieldError[] =>
  typeof tls === 'string'
    ? oneOf(tls, ['none'], 'tls')
    : (tls.secretNamespaces ?? []).flatMap((name, i) => named(name, `tls.secretNamespaces[${i}]`, dns1123LabelErrors(name)));

const outerErrors = ({ outerIngress = [] }: PlatformOptions): FieldError[] =>
  outerIngress.flatMap((text, i) => outerIngressErrors(text).map((error) => generic(error, `outerIngress[${i}]`)));

const proxyErrors = ({ trustedProxies = [] }: PlatformOptions): FieldError[] =>
  trustedProxies.flatMap((range, i) =>
    isAddressRange(range)
      ? []
      : [withRemedy(invalidValue(range, `trustedProxies[${i}]`), 'Write a range of addresses, as "10.0.0.0/8", or one address.')],
  );

/** Redirects to https that would lead back here by http, without end. */
function redirectErrors({ settings = {}, tls = 'none', trustedProxies = [] }: PlatformOptions): FieldError[] {
  const raw = settings.raw?.serving?.['config-network'] ?? {};
  const ofOthers = (settings.network?.ingressClass ?? raw['ingress-class'] ?? raw['ingress.class']) !== undefined;
  const protocol = raw['http-protocol'] ?? raw['httpProtocol'] ?? settings.network?.httpProtocol ?? '';
  if (protocol.toLowerCase() !== 'redirected' || tls !== 'none' || trustedProxies.length > 0 || ofOthers) return [];
  return [
    withRemedy(
      generic('whoever is redirected to https comes back by http, without end', 'settings.network.httpProtocol'),
      'Serve HTTPS here (option tls), or name the proxies that end it in front of the platform (option trustedProxies).',
    ),
  ];
}

const labelErrors = ({ labels = {} }: PlatformOptions): FieldError[] =>
  Object.entries(labels).flatMap(([key, value]) => {
    const path = `labels.${key}`;
    if (OWN_LABELS.includes(key)) return [generic('the platform sets this label itself', path)];
    const errors = [...qualifiedNameErrors(key), ...labelValueErrors(String(value))];
    return errors.length > 0 ? [generic(`not a label: ${goList(errors)}`, path)] : [];
  });

const eventErrors = ({ events }: PlatformOptions): FieldError[] =>
  typeof events === 'object' ? quantity(events.storage ?? '', 'events.storage') : oneOf(events, ['memory'], 'events');

function webhookErrors({ webhook = false, mutatingPolicies = 'none', replicas }: PlatformOptions): FieldError[] {
  if (typeof webhook !== 'boolean') return [withRemedy(invalidValue(webhook, 'webhook'), 'Write true or false.')];
  if (!webhook) return replicas?.webhook === undefined ? [] : [generic('there is no webhook', 'replicas.webhook')];
  if (mutatingPolicies === 'none') return [];
  const remedy = 'Both would do the same to an object: keep mutatingPolicies where the cluster serves them, else webhook.';
  return [withRemedy(generic('expected exactly one, got both', 'mutatingPolicies', 'webhook'), remedy)];
}

/** Everything that is wrong with the options of a platform; paths are theirs. */
export function platformErrors(options: PlatformOptions): FieldError[] {
  const shape = [
    ...unknownOptions(options),
    ...oneOf(options.profile, PROFILES, 'profile'),
    ...partErrors(options),
    ...imageErrors(options),
    ...exposureErrors(options),
    ...(options.domain === undefined ? [] : named(options.domain, 'domain')),
    ...replicaErrors(options),
    ...eventErrors(options),
    ...labelErrors(options),
    ...tlsErrors(options),
    ...outerErrors(options),
    ...proxyErrors(options),
    ...oneOf(options.mutatingPolicies, ['none', 'v1', 'v1beta1'], 'mutatingPolicies'),
    ...webhookErrors(options),
    ...(options.metricsFrom ?? []).flatMap((name, i) => named(name, `metricsFrom[${i}]`, dns1123LabelErrors(name))),
  ];
  return shape.length > 0 ? shape : [...resourceErrors(options), ...redirectErrors(options), ...settingsErrors(options)];
}
