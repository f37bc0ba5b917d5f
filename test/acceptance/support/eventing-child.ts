import { appendFileSync, writeSync } from 'node:fs';
import { BrokerType, type KubeObject, TriggerType } from '../../../lib/api';
import { noLog, noMetrics, RealClock, RealExecutor, systemRandom } from '../../../lib/base';
import { applyObjects, FunctionRegistry, StateFolder } from '../../../lib/local';
import { LocalSystem } from '../../../lib/roles';

/** A platform with a broker and a trigger that keeps the order of each subject; its subscriber writes ids into a file. */
const [folder = '', got = ''] = process.argv.slice(2);
const clock = new RealClock();
const namespace = 'default';
const ref = { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'sink' };
const objects: KubeObject[] = [
  { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', metadata: { name: 'orders', namespace } },
  {
    apiVersion: 'serving.knative.dev/v1',
    kind: 'Service',
    metadata: { name: 'sink', namespace },
    spec: { template: { spec: { containers: [{ image: 'example.com/sink' }] } } },
  },
  {
    apiVersion: 'eventing.knative.dev/v1',
    kind: 'Trigger',
    metadata: { name: 'all', namespace, annotations: { 'eventing.knative-constructs.dev/order-by': 'subject' } },
    spec: { broker: 'orders', subscriber: { ref } },
  } as KubeObject,
];

async function main(): Promise<void> {
  const state = StateFolder.open(folder, { clock, report: (text) => process.stderr.write(`${text}\n`) });
  const executor = new RealExecutor((error) => process.stderr.write(`${String(error)}\n`));
  const functions = new FunctionRegistry({ clock, executor });
  functions.register({ image: '**' }, (request) => {
    appendFileSync(got, `${request.headers.get('ce-id')}\n`);
    return new Response(null, { status: 202 });
  });
  const system = await LocalSystem.start({
    ...{ clock, executor, random: systemRandom, log: noLog, metrics: noMetrics, functions },
    listen: { host: '127.0.0.1', port: 0, serverTiming: false },
    store: await state.openStore(),
  });
  await applyObjects(system.cluster, objects);
  for (;;) {
    const made = [
      await system.cluster.get(BrokerType, namespace, 'orders'),
      await system.cluster.get(TriggerType, namespace, 'all'),
    ];
    if (made.every((one) => one?.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'))) break;
    await clock.sleep(10);
  }
  writeSync(1, `${system.gatewayUrl}\n`);
}

void main();
