import { isJsonObject } from '../../base';
import type { PlatformExposure, PlatformOptions, PlatformPart } from '../../platform';
import type { Invocation } from '../command-spec';
import { UsageError } from '../usage-error';

const EXPOSURES: Readonly<Record<string, PlatformExposure>> = {
  'load-balancer': 'loadBalancer',
  'node-port': 'nodePort',
  none: 'none',
};

/** `gateway:infra/public` → what `exposure` of the options says. */
function exposureOf(text: string): PlatformExposure {
  const simple = EXPOSURES[text];
  if (simple !== undefined) return simple;
  const [, port] = text.match(/^node-port:(\d+)$/) ?? [];
  if (port !== undefined) return { nodePort: Number(port) };
  const [, namespace, name] = text.match(/^gateway:([^/]+)\/([^/]+)$/) ?? [];
  if (namespace !== undefined && name !== undefined) return { gateway: { name, namespace } };
  throw new UsageError(`--expose ${text}: there are load-balancer, node-port, node-port:NUMBER, gateway:NAMESPACE/NAME and none`);
}

function imageOf({ options }: Invocation, file: PlatformOptions['image']): Partial<PlatformOptions> {
  const { image, pullPolicy, pullSecret } = options;
  if (image === undefined && pullPolicy === undefined && pullSecret === undefined) return {};
  const known = typeof file === 'string' ? { reference: file } : file;
  const reference = (image as string | undefined) ?? known?.reference;
  if (reference === undefined) throw new UsageError('--pull-policy and --pull-secret are of an --image');
  return {
    image: {
      ...known,
      reference,
      ...(pullPolicy === undefined ? {} : { pullPolicy: pullPolicy as 'Always' }),
      ...(pullSecret === undefined ? {} : { pullSecrets: pullSecret as readonly string[] }),
    },
  };
}

function eventsOf({ options }: Invocation, file: PlatformOptions['events']): Partial<PlatformOptions> {
  const { events, storageClass } = options;
  if (events === undefined && storageClass === undefined) return {};
  if (events === 'memory') {
    if (storageClass !== undefined) throw new UsageError('--storage-class is of a volume, and --events memory has none');
    return { events };
  }
  const known = typeof file === 'object' ? file : { storage: '1Gi' };
  return {
    events: {
      ...known,
      ...(events === undefined ? {} : { storage: String(events) }),
      ...(storageClass === undefined ? {} : { storageClass: String(storageClass) }),
    },
  };
}

/** `serving,eventing`; what is none is told by name with all else that is wrong. */
const partsOf = (said: unknown): readonly PlatformPart[] =>
  (said as readonly string[]).flatMap((text) => text.split(',').map((part) => part.trim() as PlatformPart));

/** The options of a platform from the command line and from what `--file` holds. Throws a UsageError for what cannot be read. */
export function platformOptions(invocation: Invocation, file: unknown): PlatformOptions {
  if (file !== undefined && file !== null && !isJsonObject(file))
    throw new UsageError('--file: it holds no options of a platform');
  const known = (file ?? {}) as PlatformOptions;
  const { profile, parts, expose, domain, mutatingPolicies, webhook } = invocation.options;
  return {
    ...known,
    ...(profile === undefined ? {} : { profile: profile as 'small' }),
    ...(parts === undefined ? {} : { parts: partsOf(parts) }),
    ...(expose === undefined ? {} : { exposure: exposureOf(String(expose)) }),
    ...(domain === undefined ? {} : { domain: String(domain) }),
    ...(mutatingPolicies === undefined ? {} : { mutatingPolicies: mutatingPolicies as 'v1' }),
    ...(webhook === undefined ? {} : { webhook: webhook === true }),
    ...(invocation.options['queueSidecar'] === undefined ? {} : { queueSidecar: true }),
    ...imageOf(invocation, known.image),
    ...eventsOf(invocation, known.events),
  };
}
