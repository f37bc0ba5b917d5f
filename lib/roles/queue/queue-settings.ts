import type { Probe } from '../../api/core/pod';
import { QUEUE_SIDECAR } from '../../api/queue-sidecar';
import { KncError } from '../../base';
import type { Timeouts } from '../../gateway/backend';
import type { PodTarget } from '../../gateway/transport/pod-transport';

/** What a sidecar is told by the variables of its container; their names are upstream's. */
export interface QueueSettings {
  /** Port on which it takes requests. */
  readonly port: number;
  /** What the user's container speaks. */
  readonly protocol: PodTarget['protocol'];
  /** Port of the user's container. */
  readonly userPort: number;
  /** Requests at once inside the container; 0: no limit. */
  readonly concurrency: number;
  readonly timeouts: Timeouts;
  /** How the container is asked whether it is ready; undefined: it always is. */
  readonly probe: Probe | undefined;
  readonly namespace: string;
  readonly service: string;
  readonly configuration: string;
  readonly revision: string;
  readonly pod: string;
}

type Env = Readonly<Record<string, string | undefined>>;

const MAX_PORT = 65_535;

/** @throws KncError KNC4023 that names the variable that is missing or cannot be read */
export function queueSettings(env: Env): QueueSettings {
  const port = number(env, 'QUEUE_SERVING_PORT', MAX_PORT);
  const ms = (name: string) => 1000 * number(env, name, Number.MAX_SAFE_INTEGER / 1000, '0');
  return {
    port,
    protocol: port === QUEUE_SIDECAR.http2Port ? 'h2c' : 'http1',
    userPort: number(env, 'USER_PORT', MAX_PORT),
    concurrency: number(env, 'CONTAINER_CONCURRENCY', Number.MAX_SAFE_INTEGER, '0'),
    timeouts: {
      total: ms('REVISION_TIMEOUT_SECONDS'),
      responseStart: ms('REVISION_RESPONSE_START_TIMEOUT_SECONDS'),
      idle: ms('REVISION_IDLE_TIMEOUT_SECONDS'),
    },
    probe: probeOf(env['SERVING_READINESS_PROBE']),
    namespace: env['SERVING_NAMESPACE'] ?? '',
    service: env['SERVING_SERVICE'] ?? '',
    configuration: env['SERVING_CONFIGURATION'] ?? '',
    revision: env['SERVING_REVISION'] ?? '',
    pod: env['SERVING_POD'] ?? '',
  };
}

function number(env: Env, name: string, most: number, otherwise?: string): number {
  const text = env[name] || otherwise;
  if (text === undefined) throw wrong(`The environment has no ${name}`);
  if (/^\d+$/.test(text) && Number(text) <= most) return Number(text);
  throw wrong(`${name} is ${JSON.stringify(text)}`);
}

function probeOf(text: string | undefined): Probe | undefined {
  if (!text) return undefined;
  try {
    return JSON.parse(text) as Probe;
  } catch (error) {
    throw wrong(`SERVING_READINESS_PROBE is no JSON: ${(error as Error).message}`);
  }
}

const wrong = (message: string): KncError => new KncError('KNC4023', message);
