import { CLUSTER_LOCAL, domainFor, labels, type Route, type ServingConfig, type Stored } from '../../api';
import { parseGoTemplate } from '../../api/go-template';
import { errorMessage } from '../../base';
import { without } from '../metadata';
import type { Visibility } from './visibility';

/** Template of hosts inside the cluster, whatever the installation says about those outside. */
const DEFAULT_TEMPLATE = '{{.Name}}.{{.Namespace}}.{{.Domain}}';
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;
const SUBDOMAIN_RULE =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an " +
  "alphanumeric character (e.g. 'example.com', regex used for validation is " +
  "'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

/** The templates and domains of the installation make no valid host of a route. */
export class DomainError extends Error {
  constructor(message: string) {
    super(`domain name error: ${message}`);
    this.name = 'DomainError';
  }
}

const compiled = new Map<string, ReturnType<typeof parseGoTemplate>>();

function render(template: string, what: string, data: Readonly<Record<string, unknown>>): string {
  try {
    let apply = compiled.get(template);
    if (!apply) {
      apply = parseGoTemplate(template);
      compiled.set(template, apply);
    }
    return apply(data);
  } catch (error) {
    throw new DomainError(`error executing the ${what}: ${errorMessage(error)}`);
  }
}

/** The first part of the host of a tag, and the name of its Service; of the route itself for the empty tag. */
export function hostnameOf(route: string, tag: string, config: ServingConfig): string {
  return tag === '' ? route : render(config.network.tagTemplate, 'TagTemplate', { Name: route, Tag: tag });
}

/** The host of a route, or of one of its tags, as far as it is seen. */
export function hostOf(route: Stored<Route>, tag: string, visibility: Visibility, config: ServingConfig): string {
  const { name, namespace, annotations = {} } = route.metadata;
  const others = without(route.metadata.labels, (key) => key === labels.visibility);
  const local = visibility === 'ClusterLocal';
  const all = local ? { ...others, [labels.visibility]: CLUSTER_LOCAL } : others;
  const data = {
    Name: hostnameOf(name, tag, config),
    Namespace: namespace ?? '',
    Domain: domainFor(config.domain, all),
    Annotations: annotations,
    Labels: all,
  };
  return checked(render(local ? DEFAULT_TEMPLATE : config.network.domainTemplate, 'DomainTemplate', data));
}

function checked(host: string): string {
  const errors: string[] = [];
  const invalid = (value: string, detail: string): void => {
    errors.push(`url: Invalid value: ${JSON.stringify(value)}: ${detail}`);
  };
  const parts = host.split('.');
  if (host.length > 253) invalid(host, 'must be no more than 253 characters');
  if (!parts.every((part) => LABEL.test(part))) invalid(host, SUBDOMAIN_RULE);
  if (parts.length < 2) invalid(host, 'should be a domain with at least two segments separated by dots');
  for (const part of parts) if (part.length > 63) invalid(part, 'must be no more than 63 characters');
  if (errors.length === 0) return host;
  throw new DomainError(
    `invalid domain name ${JSON.stringify(host)}: ${errors.length === 1 ? errors[0] : `[${errors.join(', ')}]`}`,
  );
}

/** The host of the Service of a route inside the cluster. */
export function serviceHost(route: Stored<Route>, config: ServingConfig): string {
  return `${route.metadata.name}.${route.metadata.namespace}.svc.${config.domain.clusterDomain}`;
}

/** The URL of a host: the scheme of the installation outside, http inside. */
export function urlOf(host: string, visibility: Visibility, config: ServingConfig): string {
  return `${visibility === 'ClusterLocal' ? 'http' : config.network.defaultExternalScheme}://${host}`;
}

/** A host inside the cluster and its shorter forms, sorted. */
export function expandedHosts(host: string, clusterDomain: string): string[] {
  const forms = new Set<string>();
  for (const suffix of ['', `.${clusterDomain}`, `.svc.${clusterDomain}`]) {
    if (!host.endsWith(suffix)) continue;
    const form = suffix === '' ? host : host.slice(0, -suffix.length);
    const top = form.slice(form.lastIndexOf('.') + 1);
    if (top.length <= 63 && !/^\d*$/.test(top)) forms.add(form);
  }
  return [...forms].sort();
}
