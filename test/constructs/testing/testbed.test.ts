import { Chart, Testing } from 'cdk8s';
import { KnService } from 'knative-constructs';
import { Testbed } from 'knative-constructs/testing';

function hello(props: Partial<ConstructorParameters<typeof KnService>[2]> = {}) {
  const chart = new Chart(Testing.app(), 'test');
  const service = new KnService(chart, 'hello', { name: 'hello', image: 'example.com/hello', ...props });
  return { chart, service };
}

test('a service answers, goes to zero when idle and comes back on the next request', async () => {
  const { chart, service } = hello();
  const bed = await Testbed.start(chart, { stubs: [Testbed.stub(service, () => new Response('hi'))] });
  expect(bed.replicas(service)).toBe(1);
  expect(await (await bed.fetch(service)).text()).toBe('hi');
  await bed.advance('2m');
  expect(bed.replicas(service)).toBe(0);
  expect(await (await bed.fetch(service)).text()).toBe('hi');
  expect(bed.replicas(service)).toBe(1);
  await bed.stop();
});
