import path from 'node:path';
import { RUNTIME_PORTS } from '../../api/installation';
import { type Clock, errorMessage, KncError, RealClock, RealExecutor, systemRandom } from '../../base';
import { HttpCluster, HttpServiceAccounts } from '../../kube/http';
import { type ConnectionSource, InClusterConnection, isInCluster, KubeconfigConnection } from '../../kube/kubeconfig';
import { openEventStore } from '../../roles/process/event-store';
import { JsonLog } from '../../roles/process/json-log';
import { type PodIdentity, podIdentity } from '../../roles/process/pod-identity';
import { roles } from '../../roles/process/roles';
import { RuntimeProcess } from '../../roles/process/runtime-process';
import type { Invocation } from '../command-spec';
import { exitCodes } from '../exit-codes';
import type { Io } from '../io';
import { packageVersion } from '../package-folder';
import { type RunOptions, runOptions } from '../run/run-options';

/** How long an API server may take to answer whether it is there, in milliseconds. */
const REACH_MS = 5000;

function connectionOf({ kubeconfig, context }: RunOptions, { env, cwd }: Io, clock: Clock): ConnectionSource {
  if (kubeconfig === undefined && context === undefined) {
    if (isInCluster(env)) return new InClusterConnection({ env, clock });
    throw new KncError('KNC4021', 'This is no pod of a cluster, and no --kubeconfig is given');
  }
  const file = kubeconfig === undefined ? {} : { file: kubeconfig };
  return new KubeconfigConnection({ env, cwd, clock, ...file, ...(context === undefined ? {} : { context }) });
}

/** Where events could do harm: the API server, and what this pod tells the cluster alone. */
function deniedSinks(env: Io['env'], { ip }: PodIdentity): readonly string[] {
  const at = (host: string, port: number | string) => `${host.includes(':') ? `[${host}]` : host}:${port}`;
  const own = [RUNTIME_PORTS.health, RUNTIME_PORTS.metrics, RUNTIME_PORTS.link, RUNTIME_PORTS.webhook].map((port) =>
    at(ip, port),
  );
  const { KUBERNETES_SERVICE_HOST: host, KUBERNETES_SERVICE_PORT: port } = env;
  return isInCluster(env) ? [at(host!, port!), ...own] : own;
}

/** Runs one role of the platform on a cluster until it is told to end. */
export async function run(invocation: Invocation, io: Io): Promise<number> {
  const options = runOptions(invocation, io.env);
  const { state, stateSize, role, eventing, ports, drainDelayMs, logLevel, outerIngress, trustedProxies } = options;
  if (role === 'queue') return (await import('../run/run-queue')).runQueue(options, io);
  const clock = new RealClock();
  const log = new JsonLog({ clock, level: logLevel, write: (line) => io.stdout.write(line) });
  const pod = podIdentity(io.env);
  const source = connectionOf(options, io, clock);
  const { server, tls } = await source.get();
  log.info('starting', { version: packageVersion(), role, pod: `${pod.namespace}/${pod.name}`, server });
  const denied = deniedSinks(io.env, pod);
  const connected = { source, clock, random: systemRandom, userAgent: `knative-constructs/${packageVersion()} (${role})` };
  const cluster = new HttpCluster({
    ...{ ...connected, log, forgetManagedFields: true },
    ...(options.writeLimit ? { writeLimit: options.writeLimit } : {}),
  });
  const accounts = new HttpServiceAccounts({ ...connected, cluster, log, forgetManagedFields: true });
  const looking = new HttpCluster({ ...connected, requestTimeoutMs: REACH_MS });
  const ended = await new RuntimeProcess({
    ...{
      role: roles[role],
      eventing,
      cluster,
      accounts,
      clock,
      random: systemRandom,
      log,
      pod,
      ports,
      drainDelayMs,
      ...{ outerIngress, trustedProxies },
    },
    executor: new RealExecutor((error, label) =>
      log.error('background work failed', { work: label, error: errorMessage(error) }),
    ),
    reach: async () => void (await looking.document('/version')),
    deniedSinks: denied,
    registries: { rules: { denied }, ...(tls.ca === undefined ? {} : { ca: [tls.ca] }) },
    onInterrupt: io.onInterrupt,
    ...(state === undefined
      ? {}
      : {
          openStore: (tell) =>
            openEventStore(path.resolve(io.cwd, state), {
              clock,
              log,
              tell,
              ...(stateSize === undefined ? {} : { limit: stateSize }),
            }),
        }),
  }).run();
  // Who is told twice does not wait.
  if (ended) await Promise.all([cluster.close(), looking.close()]);
  return ended ? exitCodes.ok : exitCodes.failed;
}
