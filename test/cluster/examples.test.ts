import path from 'node:path';
import { addressOf, fromOutside, install } from './platform';
import { describeCluster } from './support';
import { ask, knc, kubectl, until } from './tools';

const example = (name: string) => path.resolve(__dirname, '../../examples', name);
const pods = async (service: string): Promise<readonly string[]> =>
  (await kubectl(`get pods -l serving.knative.dev/service=${service} -o name`)).split('\n').filter(Boolean);

describeCluster('the examples, synthesized and applied with kubectl', () => {
  beforeAll(() => install(), 240_000);

  test('hello, applied before anything runs that could act on it, becomes ready by itself', async () => {
    const runtime = 'statefulset/knc-runtime -n knative-serving';
    await kubectl(`scale ${runtime} --replicas=0`);
    await kubectl('wait pod/knc-runtime-0 -n knative-serving --for=delete --timeout=90s');
    await kubectl('apply -f -', {
      input: await knc(`synth ${example('hello')} --inherit-env HELLO_IMAGE`, { env: { HELLO_IMAGE: 'registry.local/hello:1' } }),
    });
    expect(await kubectl('get ksvc/hello -o jsonpath={.status}')).toBe('');
    await kubectl(`scale ${runtime} --replicas=1`);
    await kubectl('wait ksvc/hello --for=condition=Ready --timeout=120s');
  }, 240_000);

  test('hello answers, goes to zero and comes back', async () => {
    expect(await fromOutside('hello')).toMatchObject({ status: 200, body: 'Hello World!\n' });
    await until('end of its pods', async () => (await pods('hello')).length === 0, 90);
    const cold = await fromOutside('hello');
    expect(cold).toMatchObject({ status: 200, body: 'Hello World!\n' });
    console.log(`hello from zero: ${Math.round(cold.ms)} ms`);
  }, 240_000);

  test('orders delivers, and what a step refuses ends in the dead letters', async () => {
    const env = { ORDERS_IMAGE: 'registry.local/orders:1' };
    await kubectl('apply -f -', { input: await knc(`synth ${example('orders')} --inherit-env ORDERS_IMAGE`, { env }) });
    for (const kind of ['ksvc --all', 'broker/orders', 'sequence/fulfil', 'trigger --all']) {
      await kubectl(`wait ${kind} --for=condition=Ready --timeout=90s`);
    }
    const gateway = await addressOf('knative-serving', 'knc-gateway');
    const order = (id: number, card: string) =>
      ask(
        gateway,
        80,
        'broker-ingress.knative-eventing.svc.cluster.local',
        {
          method: 'POST',
          path: '/default/orders',
          headers: {
            'ce-specversion': '1.0',
            'ce-id': String(id),
            'ce-source': '/shop',
            'ce-type': 'order.created',
            'content-type': 'application/json',
          },
        },
        JSON.stringify({ order: id, amount: 50, card }),
      );
    expect(await order(1, '4242')).toMatchObject({ status: 202 });
    expect(await order(3, '6613')).toMatchObject({ status: 202 });
    const said = (service: string, text: string) =>
      until(`line of ${service}`, async () => {
        const lines = await kubectl(`logs -l serving.knative.dev/service=${service} -c user-container --tail=-1`);
        return lines.includes(text) && lines;
      });
    await said('ship', 'shipped order 1 for 50');
    await said('letters', 'dead letter 3-reserve: 402 from');
  }, 240_000);
});
