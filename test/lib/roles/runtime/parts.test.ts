import {
  allTypes,
  EVENTING_NAMESPACE,
  eventingGroups,
  isReady,
  LeaseType,
  NamespaceType,
  type ResourceType,
  ServiceType,
} from '../../../../lib/api';
import { CountingExecutor, type Log, noLog, noMetrics, RealClock, seededRandom } from '../../../../lib/base';
import { HorizontalPodAutoscalerType } from '../../../../lib/control';
import type { Cluster, Selection } from '../../../../lib/kube';
import { LocalKubernetes, LocalServiceAccounts, TokenIssuer } from '../../../../lib/local';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { Readiness } from '../../../../lib/roles/health';
import { AssumedPods } from '../../../../lib/roles/preview/assumed-pods';
import { ControllerSystem, RuntimeSystem, type RuntimeSystemOptions } from '../../../../lib/roles/runtime';

const isEventing = ({ group }: ResourceType): boolean => eventingGroups.includes(group);
const ports = { external: 0, internal: 0 };

/** A cluster that has no kinds of Eventing, whose pods are ready at once, and what a runtime on it says and looks at. */
async function setup() {
  const [clock, random] = [new RealClock(), seededRandom(5)];
  const errors: string[] = [];
  const followed = new Set<string>();
  const note = (message: string, fields?: object) => void errors.push(`${message} ${JSON.stringify(fields)}`);
  const log: Log = { ...noLog, warn: note, error: note };
  const executor = new CountingExecutor((error) => note(String(error)));
  const types = [...allTypes.filter((type) => !isEventing(type)), LeaseType, HorizontalPodAutoscalerType];
  const memory = new MemoryCluster({ clock, random, types });
  const follow = (type: ResourceType, { namespace }: Selection = {}) => {
    if (isEventing(type) || namespace === EVENTING_NAMESPACE) followed.add(`${type.plural}.${type.group} ${namespace ?? ''}`);
  };
  const cluster: Cluster = {
    get: memory.get.bind(memory),
    create: memory.create.bind(memory),
    update: memory.update.bind(memory),
    updateStatus: memory.updateStatus.bind(memory),
    patch: memory.patch.bind(memory),
    delete: memory.delete.bind(memory),
    watch: memory.watch.bind(memory),
    list: (type, selection) => {
      follow(type, selection);
      return memory.list(type, selection);
    },
  };
  for (const name of ['default', 'knative-serving'])
    await memory.create(NamespaceType, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }).catch(() => {});
  const parts = [
    new LocalKubernetes({ cluster: memory, clock, executor, log: noLog }),
    new AssumedPods({ cluster: memory, clock, executor, log: noLog }),
  ];
  for (const part of parts) await part.start();
  const readiness = new Readiness();
  const options: RuntimeSystemOptions = {
    ...{ cluster, clock, executor, random, log, metrics: noMetrics, readiness, ports },
    accounts: new LocalServiceAccounts(memory, new TokenIssuer(clock)),
    ...{ identity: 'a', podIp: '10.0.0.1', namespace: 'knative-serving', eventing: false },
  };
  const stop = () => Promise.all(parts.map((part) => part.stop()));
  return { memory, options, readiness, errors, followed, stop };
}

async function until(look: () => boolean | Promise<boolean>): Promise<void> {
  for (let i = 0; !(await look()); i++) {
    if (i > 500) throw new Error('it did not come about');
    await new RealClock().sleep(10);
  }
}

describe('serving without eventing', () => {
  test('in one process makes services ready, on a cluster that has no kind of Eventing', async () => {
    const { memory, options, readiness, errors, followed, stop } = await setup();
    const system = await RuntimeSystem.start(options);
    expect(system.eventing).toBeUndefined();
    await until(() => system.leads && readiness.missing.length === 0);
    await memory.create(ServiceType, {
      apiVersion: 'serving.knative.dev/v1',
      kind: 'Service',
      metadata: { name: 'hello', namespace: 'default' },
      spec: { template: { spec: { containers: [{ image: 'dev.local/hello:1' }] } } },
    });
    await until(async () => {
      const found = await memory.get(ServiceType, 'default', 'hello');
      return found !== undefined && isReady(found);
    });
    await system.stop();
    await stop();
    expect([...followed]).toEqual([]);
    expect(errors).toEqual([]);
  });

  test('has controllers of their own that look for no brokers and sources', async () => {
    const { options, readiness, errors, followed, stop } = await setup();
    const system = await ControllerSystem.start({ ...options, linkToken: () => 'token' });
    await until(() => system.leads && readiness.missing.length === 0);
    await system.stop();
    await stop();
    expect([...followed]).toEqual([]);
    expect(errors).toEqual([]);
  });
});
