/** Where events are sent. */
export interface Broker {
  readonly url: URL;
  /** The address as it may be shown: without user and password. */
  readonly shown: string;
}

interface Surroundings {
  /** The port on which the player itself listens. */
  readonly port: number;
  /** Namespace of the pod, if that is known. */
  readonly namespace?: string;
}

const INGRESS = 'http://broker-ingress.knative-eventing.svc.cluster.local';

/**
 * The broker by the variables of the original: `PLAYER_MODE=LOCAL` sends to the player itself; otherwise `BROKER_URL` or
 * `BROKER_URI`, or `K_SINK` as a SinkBinding sets it, or the broker `BROKER_NAME` (`PLAYER_BROKER`) of `BROKER_NAMESPACE`.
 * The name defaults to `default`, the namespace to the pod's.
 * @throws RangeError naming the variable whose value means nothing
 */
export function brokerUrl(env: Readonly<Record<string, string | undefined>>, { port, namespace }: Surroundings): Broker {
  const mode = env['PLAYER_MODE'] || 'KNATIVE';
  if (mode === 'LOCAL') return broker(new URL(`http://127.0.0.1:${port}/`));
  if (mode !== 'KNATIVE') throw new RangeError(`PLAYER_MODE is ${JSON.stringify(mode)}: it must be KNATIVE or LOCAL`);
  for (const name of ['BROKER_URL', 'BROKER_URI', 'K_SINK']) {
    const value = env[name];
    if (value) return broker(parsed(name, value));
  }
  const name = env['BROKER_NAME'] || env['PLAYER_BROKER'] || 'default';
  const inNamespace = env['BROKER_NAMESPACE'] || namespace || 'default';
  return broker(new URL(`${INGRESS}/${encodeURIComponent(inNamespace)}/${encodeURIComponent(name)}`));
}

function parsed(name: string, value: string): URL {
  const url = URL.canParse(value) ? new URL(value) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new RangeError(`${name} is ${JSON.stringify(value)}: it must be an http or https URL`);
}

function broker(url: URL): Broker {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return { url, shown: shown.href };
}
