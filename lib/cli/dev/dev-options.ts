import { isIP } from 'node:net';
import { parseDuration, parseQuantity } from '../../api';
import type { Invocation } from '../command-spec';
import { UsageError } from '../usage-error';

/** The options of `knc dev`, checked. */
export interface DevOptions {
  /** Empty only with `quickstart`. */
  readonly paths: readonly string[];
  /** Begin with an empty platform. */
  readonly quickstart: boolean;
  /** Undefined: 80, or else 8080; 0: any free one. */
  readonly port: number | undefined;
  /** Undefined: no metrics; 0: any free port. */
  readonly metricsPort: number | undefined;
  /** Each pod has a network of its own. */
  readonly isolate: boolean;
  readonly namespace: string;
  readonly logs: boolean;
  readonly json: boolean;
  readonly once: boolean;
  readonly timeoutMs: number;
  readonly inheritEnv: readonly string[];
  /** The state folder, 'ephemeral' for none, or undefined for the default one. */
  readonly state: string | undefined;
  /** Forget what is stored there. */
  readonly fresh: boolean;
  /** knc.images.yaml may name what lies outside the repository. */
  readonly trustImages: boolean;
  /** Loopback addresses with ports at which sinks of events may be. */
  readonly allowedSinks: readonly string[];
  /** For how long events that everyone has got are kept. Without a part: as usual. */
  readonly eventRetention: { readonly ageMs?: number; readonly bytes?: number };
}

const TIMEOUT_MS = 60_000;
const NAMESPACE = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;

function timeoutOf({ timeout, once }: Invocation['options']): number {
  if (timeout === undefined) return TIMEOUT_MS;
  if (once !== true) throw new UsageError('--timeout only means something together with --once');
  const ms = parseDuration(String(timeout));
  if (ms === undefined || ms <= 0) throw new UsageError(`--timeout ${timeout} is no duration; write 90s or 2m`);
  return ms;
}

function namespaceOf({ namespace = 'default' }: Invocation['options']): string {
  if (NAMESPACE.test(String(namespace))) return String(namespace);
  throw new UsageError(`--namespace ${namespace} is no DNS label: lower-case letters, digits and dashes, at most 63`);
}

function pathsOf({ args, options }: Invocation): readonly string[] {
  if (args.length > 0 || options['quickstart'] === true) return args;
  throw new UsageError('missing <path>: say what to run, or begin with an empty platform by --quickstart');
}

function stateOf({ state, ephemeral, fresh }: Invocation['options']): string | undefined {
  if (ephemeral !== true) return state as string | undefined;
  if (state !== undefined) throw new UsageError('--state and --ephemeral exclude each other');
  if (fresh === true) throw new UsageError('--fresh means nothing together with --ephemeral: there is nothing to forget');
  return 'ephemeral';
}

function sinksOf({ allowSink = [] }: Invocation['options']): readonly string[] {
  return (allowSink as readonly string[]).map((text) => {
    const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text.replace(/^localhost:/, '127.0.0.1:')) ?? [];
    const address = host.replace(/^\[(.*)\]$/, '$1');
    if (isIP(address) === 0 || Number(port) > 65_535) throw new UsageError(`--allow-sink ${text} is no address with a port`);
    return isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`;
  });
}

function retentionOf({ keepEvents, keepEventsSize }: Invocation['options']): DevOptions['eventRetention'] {
  const ageMs = keepEvents === undefined ? undefined : parseDuration(String(keepEvents));
  const bytes = keepEventsSize === undefined ? undefined : parseQuantity(String(keepEventsSize));
  if (keepEvents !== undefined && (ageMs === undefined || ageMs < 0)) {
    throw new UsageError(`--keep-events ${keepEvents} is no duration; write 30m or 72h`);
  }
  if (keepEventsSize !== undefined && (bytes === undefined || bytes < 0)) {
    throw new UsageError(`--keep-events-size ${keepEventsSize} is no amount; write 500Mi or 2Gi`);
  }
  return { ...(ageMs === undefined ? {} : { ageMs }), ...(bytes === undefined ? {} : { bytes }) };
}

/** Reads the options of `knc dev`. Throws a UsageError for values that make no sense. */
export function devOptions(invocation: Invocation): DevOptions {
  const { options } = invocation;
  return {
    paths: pathsOf(invocation),
    quickstart: options['quickstart'] === true,
    port: options['port'] as number | undefined,
    metricsPort: options['metricsPort'] as number | undefined,
    isolate: options['isolate'] === true,
    namespace: namespaceOf(options),
    logs: options['logs'] === true,
    json: options['json'] === true,
    once: options['once'] === true,
    timeoutMs: timeoutOf(options),
    state: stateOf(options),
    fresh: options['fresh'] === true,
    trustImages: options['trustImages'] === true,
    inheritEnv: (options['inheritEnv'] as readonly string[] | undefined) ?? [],
    allowedSinks: sinksOf(options),
    eventRetention: retentionOf(options),
  };
}
