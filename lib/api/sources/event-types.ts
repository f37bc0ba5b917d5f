/** Type of the events of a PingSource. */
export const PING_EVENT = 'dev.knative.sources.ping';

/** Source of the events of a PingSource. */
export const pingEventSource = (namespace: string, name: string): string =>
  `/apis/v1/namespaces/${namespace}/pingsources/${name}`;

const CHANGES = ['add', 'delete', 'update'] as const;

/** Types of the events of an ApiServerSource in one of its modes. */
export const apiServerEvents = (mode: 'Reference' | 'Resource'): readonly string[] =>
  CHANGES.map((change) => `dev.knative.apiserver.${mode === 'Resource' ? 'resource' : 'ref'}.${change}`);

const ofMode = (mode: 'Reference' | 'Resource') =>
  apiServerEvents(mode).map((type, i) => ({
    type,
    description: `CloudEvent type used for ${CHANGES[i]} operations when in ${mode} mode`,
  }));

/** What sources send, by kind, as their definitions say it. */
export const sourceEvents: Readonly<Record<string, readonly { readonly type: string; readonly description: string }[]>> = {
  PingSource: [{ type: PING_EVENT, description: 'CloudEvent type for fixed payloads on a specified cron schedule' }],
  ApiServerSource: [...ofMode('Resource'), ...ofMode('Reference')],
};
