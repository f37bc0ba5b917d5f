import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { cpuSeconds, stop, until } from './process.mjs';
import { startUpstreamApi } from './upstream-api.mjs';

const VERSION = 'v0.50.0';
const COMMANDS = { ingress: 'broker/ingress', filter: 'broker/filter', dispatcher: 'in_memory/channel_dispatcher' };
/** The dispatcher's is fixed in its code. */
const PORTS = { dispatcher: 8080, ingress: 8081, filter: 8082 };
const BUILD_MS = 1_800_000;

/** Knative's own binaries, built by Go once and kept; or why there are none; `build: false` takes them only if they are there. `KNC_UPSTREAM_EVENTING` names a folder that has them. */
export function upstreamBinaries({ build = true } = {}) {
  const given = process.env.KNC_UPSTREAM_EVENTING;
  const cache =
    process.env.KNC_TOOLS ?? path.join(process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache'), 'knative-constructs');
  const folder = given ?? path.join(cache, `eventing-${VERSION}`);
  const file = (name) => path.join(folder, name);
  const names = Object.keys(COMMANDS);
  if (names.every((name) => existsSync(file(name)))) return { file };
  if (!build) return { missing: 'it has not been built: npm run bench:eventing does it' };
  if (given) return { missing: `${given} has not all of ${names.join(', ')}` };
  mkdirSync(cache, { recursive: true });
  const work = mkdtempSync(path.join(cache, 'build-'));
  const go = (...args) =>
    execFileSync('go', args, {
      cwd: work,
      timeout: BUILD_MS,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, CGO_ENABLED: '0' },
    });
  try {
    process.stderr.write(`building Knative Eventing ${VERSION}; this takes some minutes, once\n`);
    writeFileSync(path.join(work, 'go.mod'), 'module tools\n\ngo 1.24.0\n');
    for (const [name, command] of Object.entries(COMMANDS)) {
      go('get', '-tool', `knative.dev/eventing/cmd/${command}@${VERSION}`);
      go('build', '-mod=mod', '-ldflags', '-s -w', '-o', path.join('bin', name), `knative.dev/eventing/cmd/${command}`);
    }
    renameSync(path.join(work, 'bin'), folder);
    return { file };
  } catch (error) {
    return {
      missing: `Go cannot build it: ${String(error.stderr || error.message)
        .trim()
        .split('\n')
        .at(-1)}`,
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Ingress, dispatcher and filter of Knative's broker, with these brokers: `{ name, triggers: [{ name, type }] }`, all of whose
 * triggers lead to one sink.
 */
export async function startUpstream(binaries, brokers, sink) {
  const api = await startUpstreamApi(objectsOf(brokers, sink));
  const env = {
    PATH: process.env.PATH,
    SYSTEM_NAMESPACE: 'knative-eventing',
    ...{
      CONFIG_LOGGING_NAME: 'config-logging',
      CONFIG_OBSERVABILITY_NAME: 'config-observability',
      CONFIG_LEADERELECTION_NAME: 'config-leader-election',
    },
    METRICS_DOMAIN: 'knative.dev/eventing',
    ...{ POD_NAME: 'bench-0', CONTAINER_NAME: 'bench', MAX_IDLE_CONNS: '1000', MAX_IDLE_CONNS_PER_HOST: '1000' },
    ...{
      INGRESS_PORT: String(PORTS.ingress),
      INGRESS_PORT_HTTPS: '8444',
      FILTER_PORT: String(PORTS.filter),
      FILTER_PORT_HTTPS: '8445',
    },
  };
  const children = Object.keys(COMMANDS).map((name) => {
    const own = name === 'dispatcher' ? {} : { NAMESPACE: 'knative-eventing' };
    const args = ['-server', api.url, ...(name === 'dispatcher' ? ['-disable-ha'] : [])];
    return spawn(binaries.file(name), args, {
      env: { ...env, ...own },
      stdio: ['ignore', 'ignore', process.env.KNC_BENCH_VERBOSE ? 'inherit' : 'ignore'],
    });
  });
  const kill = () => {
    for (const child of children) child.kill('SIGKILL');
  };
  process.once('exit', kill);
  const end = async () => {
    process.off('exit', kill);
    await Promise.all(children.map(stop));
    api.close();
  };
  try {
    for (const port of Object.values(PORTS)) await until(() => listens(port), 60_000);
  } catch (error) {
    await end();
    throw error;
  }
  return {
    target: (broker) => ({
      hostname: '127.0.0.1',
      port: PORTS.ingress,
      host: `127.0.0.1:${PORTS.ingress}`,
      path: `/default/${broker}`,
    }),
    /** CPU seconds of each so far. */
    cpu: () => Object.fromEntries(Object.keys(COMMANDS).map((name, i) => [name, cpuSeconds(children[i].pid)])),
    stop: end,
  };
}

function objectsOf(brokers, sink) {
  const meta = (name, more = {}) => ({
    name,
    namespace: 'default',
    uid: `uid-${name}`,
    resourceVersion: '1',
    generation: 1,
    ...more,
  });
  const ready = { observedGeneration: 1, conditions: [{ type: 'Ready', status: 'True' }] };
  const objects = { brokers: [], triggers: [], inmemorychannels: [] };
  objects.configmaps = ['features', 'logging', 'observability', 'leader-election'].map((name) => ({
    ...{ apiVersion: 'v1', kind: 'ConfigMap', data: {} },
    metadata: { ...meta(`config-${name}`), namespace: 'knative-eventing' },
  }));
  for (const { name, triggers } of brokers) {
    const channel = `${name}-kne-trigger`;
    const address = `http://127.0.0.1:${PORTS.dispatcher}/default/${channel}`;
    const subscribers = triggers.map((trigger) => {
      const uri = `http://127.0.0.1:${PORTS.filter}/triggers/default/${name}-${trigger.name}/uid-${name}-${trigger.name}`;
      return { uid: `sub-${name}-${trigger.name}`, generation: 1, subscriberUri: uri, replyUri: `${uri}/reply` };
    });
    objects.brokers.push({
      ...{ apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', spec: {} },
      metadata: meta(name, { annotations: { 'eventing.knative.dev/broker.class': 'MTChannelBasedBroker' } }),
      status: {
        ...ready,
        address: { url: `http://127.0.0.1:${PORTS.ingress}/default/${name}` },
        annotations: { 'knative.dev/channelAddress': address },
      },
    });
    objects.inmemorychannels.push({
      ...{ apiVersion: 'messaging.knative.dev/v1', kind: 'InMemoryChannel' },
      metadata: meta(channel, { finalizers: ['imc-dispatcher'], annotations: { 'messaging.knative.dev/subscribable': 'v1' } }),
      spec: { subscribers },
      status: {
        ...ready,
        address: { url: address },
        subscribers: subscribers.map(({ uid }) => ({ uid, observedGeneration: 1, ready: 'True' })),
      },
    });
    for (const trigger of triggers) {
      objects.triggers.push({
        ...{ apiVersion: 'eventing.knative.dev/v1', kind: 'Trigger' },
        metadata: meta(`${name}-${trigger.name}`),
        spec: { broker: name, filters: [{ exact: { type: trigger.type } }], subscriber: { uri: sink } },
        status: { ...ready, subscriberUri: sink },
      });
    }
  }
  return objects;
}

function listens(port) {
  return new Promise((resolve) => {
    const socket = net.connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}
