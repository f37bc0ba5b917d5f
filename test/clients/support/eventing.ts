import type { Session } from './session';

/** What eventing objects are tested by, as `kubectl get -o json` prints them. */
export interface EventingObject {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>>; readonly name: string };
  readonly spec: Readonly<Record<string, unknown>>;
  readonly status: Readonly<Record<string, unknown>>;
}

const kn = (kind: string) => ({ apiVersion: `${kind}.knative.dev/v1`, namespace: 'default' });

/** References as kn writes them: with their namespace. */
export const refs = {
  service: (name: string) => ({ ref: { ...kn('serving'), kind: 'Service', name } }),
  broker: (name: string) => ({ ref: { ...kn('eventing'), kind: 'Broker', name } }),
  channel: (name: string) => ({ ref: { ...kn('messaging'), kind: 'Channel', name } }),
  plain: (name: string) => ({ ref: { apiVersion: 'v1', kind: 'Service', name, namespace: 'default' } }),
};

/** kn knows Services of Kubernetes as sinks only by its configuration file. Returns the flags that name the file. */
export function sinkMappings(session: Session): readonly string[] {
  const mapping = '{prefix: svc, resource: services, group: "", version: v1}';
  return ['--config', session.file('kn.yaml', `eventing:\n  sink-mappings:\n  - ${mapping}\n`)];
}

/** YAML of a Service of Kubernetes that nobody is behind. */
export const plainService = 'apiVersion: v1\nkind: Service\nmetadata: {name: plain}\nspec: {ports: [{port: 80}]}\n';

/** Text that kn describes an object with, ages as a word, without blanks at the ends of lines. */
export const described = (text: string): string => text.replace(/\b\d+s\b/g, 'AGE').replace(/ +$/gm, '');

/** Rows of a table with ages as a word. */
export const ageless = (rows: readonly (readonly string[])[]): string[][] =>
  rows.map((row) => row.map((cell) => (/^\d+s$/.test(cell) ? 'AGE' : cell)));

/** Resolves once the generation has been observed and the object is ready. */
export async function ready(session: Session, kind: string, name: string, generation = 1): Promise<void> {
  await session.kubectl('wait', `--for=jsonpath={.status.observedGeneration}=${generation}`, `${kind}/${name}`, '--timeout=30s');
  await session.kubectl('wait', '--for=condition=Ready', `${kind}/${name}`, '--timeout=30s');
}
