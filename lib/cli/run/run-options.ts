import { outerIngressErrors, parseDuration, parseOuterIngress, parseQuantity } from '../../api';
import { RUNTIME_PORTS } from '../../api/installation';
import { isAddressRange } from '../../base';
import type { OuterIngressPods } from '../../gateway';
import type { WriteLimit } from '../../kube/http';
import { LOG_LEVELS, type LogLevel } from '../../roles/process/log-level';
import { PART_NAMES, ROLE_NAMES, type RoleName } from '../../roles/process/role-names';
import type { Invocation, OptionValue } from '../command-spec';
import { UsageError } from '../usage-error';

/** The options of `knc run`, checked. */
export interface RunOptions {
  readonly role: RoleName;
  /** Whether events are served. */
  readonly eventing: boolean;
  /** Folder of events; undefined: they are kept in memory. */
  readonly state: string | undefined;
  /** The most bytes that it may have of its disk; undefined: all of it. */
  readonly stateSize: number | undefined;
  readonly drainDelayMs: number;
  readonly logLevel: LogLevel;
  readonly ports: {
    readonly external: number;
    /** Undefined: HTTPS is not served. */
    readonly https?: number;
    readonly internal: number;
    readonly health: number;
    readonly metrics: number;
    readonly link: number;
    /** Undefined: API servers ask nothing here. */
    readonly webhook?: number;
  };
  /** Pods of an ingress in front of the platform, which may name revisions by headers. */
  readonly outerIngress: readonly OuterIngressPods[];
  /** Ranges of addresses of proxies in front, whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
  /** How many writes the API server gets, of this process; undefined: as many as there are. */
  readonly writeLimit: WriteLimit | undefined;
  readonly kubeconfig: string | undefined;
  readonly context: string | undefined;
}

type Env = Readonly<Record<string, string | undefined>>;

const DRAIN_DELAY = '5s';
/**
 * Writes a second, and at once after a rest. Knative's controllers have 5 and 10 for each kind, reads included, and wait for minutes where
 * many objects come at once. This is above what a cluster of two cores can take at its fastest: it stops who runs wild, and slows nobody.
 */
const WRITES = { kubeApiQps: 400, kubeApiBurst: 800 } as const;

/** The environment variable that says what an option says: KNC_DRAIN_DELAY for `--drain-delay`. */
const variableOf = (option: string): string => `KNC_${option.replace(/[A-Z]/g, '_$&').toUpperCase()}`;

const flagOf = (option: string): string => `--${option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

/** What is of a cluster: a sidecar knows none, and has its ports from upstream. */
const NOT_OF_QUEUE = [
  ...['state', 'parts', 'outerIngress', 'trustedProxies', 'kubeconfig', 'context'],
  ...[...Object.keys(RUNTIME_PORTS)].map((name) => `${name}Port`),
];

/** Reads the options of `knc run`; what is not typed may stand in the environment. Throws a UsageError for values that make no sense. */
export function runOptions({ options }: Invocation, env: Env): RunOptions {
  const said = (name: string): OptionValue => options[name] ?? (env[variableOf(name)] || undefined);
  const text = (name: string): string | undefined => (said(name) === undefined ? undefined : String(said(name)));
  const oneOf = <T extends string>(name: string, choices: readonly T[], otherwise: T): T => {
    const value = text(name) ?? otherwise;
    const found = choices.find((choice) => choice === value);
    if (found === undefined) throw new UsageError(`${variableOf(name)} is ${value}, and not one of ${choices.join(', ')}`);
    return found;
  };
  const port = (name: keyof typeof RUNTIME_PORTS): number => {
    const value = text(`${name}Port`) ?? String(RUNTIME_PORTS[name]);
    if (/^\d+$/.test(value) && Number(value) <= 65_535) return Number(value);
    throw new UsageError(`${variableOf(`${name}Port`)} is ${value}, and no port`);
  };
  const delay = text('drainDelay') ?? DRAIN_DELAY;
  const drainDelayMs = parseDuration(delay);
  if (drainDelayMs === undefined || drainDelayMs < 0)
    throw new UsageError(`--drain-delay ${delay} is no duration; write 5s or 500ms`);
  const rate = (name: keyof typeof WRITES): number => {
    const value = text(name) ?? String(WRITES[name]);
    if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
    throw new UsageError(`${variableOf(name)} is ${value}, and no number of writes; 0 is no limit`);
  };
  const [qps, burst] = [rate('kubeApiQps'), rate('kubeApiBurst')];
  const role = oneOf('role', ROLE_NAMES, 'all');
  const eventing = partsOf(said('parts')).includes('eventing');
  if (!eventing && (role === 'eventing' || role === 'source'))
    throw new UsageError(`--role ${role} is of eventing, and --parts leaves that out`);
  const useless = role === 'queue' ? NOT_OF_QUEUE.find((name) => options[name] !== undefined) : undefined;
  if (useless !== undefined) throw new UsageError(`--role queue has no use for ${flagOf(useless)}`);
  return {
    ...{ role, eventing },
    state: text('state'),
    stateSize: sizeOf('state-size', text('stateSize')),
    drainDelayMs,
    logLevel: oneOf('logLevel', LOG_LEVELS, 'info'),
    ports: {
      ...{ external: port('external'), internal: port('internal'), health: port('health') },
      ...(text('httpsPort') === undefined ? {} : { https: port('https') }),
      ...{ metrics: port('metrics'), link: port('link') },
      ...(text('webhookPort') === undefined && role !== 'webhook' ? {} : { webhook: port('webhook') }),
    },
    outerIngress: outerIngressOf(said('outerIngress')),
    trustedProxies: rangesOf(said('trustedProxies')),
    writeLimit: qps === 0 ? undefined : { qps, burst: Math.max(1, burst) },
    kubeconfig: text('kubeconfig'),
    context: text('context'),
  };
}

/** Several in a list, or with commas between them. */
const listOf = (said: OptionValue): readonly string[] =>
  (Array.isArray(said) ? (said as readonly string[]) : [String(said ?? '')])
    .flatMap((text) => text.split(','))
    .map((text) => text.trim())
    .filter((text) => text !== '');

/** What the platform serves: `serving`, or `serving,eventing`. */
function partsOf(said: OptionValue): readonly string[] {
  const parts = said === undefined ? PART_NAMES : listOf(said);
  const stranger = parts.find((part) => !(PART_NAMES as readonly string[]).includes(part));
  if (stranger !== undefined) throw new UsageError(`--parts ${stranger}: there are ${PART_NAMES.join(', ')}`);
  if (!parts.includes('serving'))
    throw new UsageError('--parts has no serving: events reach their receivers through its gateway');
  return parts;
}

/** `1Gi`, in bytes. */
function sizeOf(flag: string, said: string | undefined): number | undefined {
  if (said === undefined) return undefined;
  const bytes = parseQuantity(said);
  if (bytes === undefined || bytes <= 0) throw new UsageError(`--${flag} ${said} is no amount; write 500Mi or 2Gi`);
  return bytes;
}

function rangesOf(said: OptionValue): readonly string[] {
  const ranges = listOf(said);
  const stranger = ranges.find((range) => !isAddressRange(range));
  if (stranger !== undefined) throw new UsageError(`--trusted-proxies ${stranger} is no range of addresses; write 10.0.0.0/8`);
  return ranges;
}

/** `kourier-system`, or `projectcontour/app=envoy`. */
function outerIngressOf(said: OptionValue): readonly OuterIngressPods[] {
  return listOf(said).map((text) => {
    const [error] = outerIngressErrors(text);
    if (error !== undefined) throw new UsageError(`--outer-ingress ${text}: ${error}`);
    return parseOuterIngress(text);
  });
}
