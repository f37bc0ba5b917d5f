import http from 'node:http';

export const BROKERS = 'broker-ingress.knative-eventing.svc.cluster.local';

export interface PublishOptions {
  /** @default the brokers' */
  readonly host?: string;
  /** Path of the broker or channel. */
  readonly path: string;
  readonly id: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly agent?: http.Agent;
  /** Headers instead of those of an event: it stands in the body. */
  readonly structured?: Readonly<Record<string, string>>;
}

/** Sends an event to the gateway; resolves with the status and text of the answer, undefined if none came. */
export function publish(
  gateway: string,
  { host = BROKERS, path, id, attributes = {}, body = '{}', agent, structured }: PublishOptions,
): Promise<{ readonly status: number; readonly text: string } | undefined> {
  const event = { specversion: '1.0', source: '/test', type: 't', ...attributes, id };
  const binary = Object.fromEntries(Object.entries(event).map(([name, value]) => [`ce-${name}`, value]));
  const own = structured ?? { 'content-type': 'application/json', ...binary };
  const headers = { host, 'content-length': `${Buffer.byteLength(body)}`, ...own };
  return new Promise((resolve) => {
    const options = { method: 'POST', headers, ...(agent ? { agent } : { agent: false as const }) };
    const request = http.request(`${gateway}${path}`, options, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode!, text }));
      response.on('error', () => resolve(undefined));
    });
    request.on('error', () => resolve(undefined));
    request.end(body);
  });
}
