import * as pulumi from '@pulumi/pulumi';
import { Broker, EventTransform, JobSink, KnService, RequestReply } from '../../../constructs/pulumi';
import { mockPulumi, promiseOf } from './mocks';

const registered = mockPulumi();

async function specOf(component: { readonly resource: pulumi.CustomResource }): Promise<unknown> {
  const urn = await promiseOf(component.resource.urn);
  return registered.find(({ name }) => urn.endsWith(`::${name}`))!.inputs['spec'];
}

test('job sinks, transformations and requests are as in cdk8s, with inputs at any depth', async () => {
  const orders = new Broker('orders');
  const hello = new KnService('hello', { image: 'app' });
  const specs = await Promise.all(
    [
      new JobSink('reports', { image: pulumi.output('app'), env: { A: '1' }, backoffLimit: 3, ttlSecondsAfterFinished: 60 }),
      new EventTransform('sums', { jsonata: pulumi.output('$sum(data)'), sink: hello, reply: 'discard' }),
      new RequestReply('ask', { broker: orders, timeout: '10s', replyAttribute: pulumi.output('answerto') }),
    ].map(specOf),
  );
  const container = { name: 'job', image: 'app', env: [{ name: 'A', value: '1' }] };
  expect(specs).toEqual([
    {
      job: {
        spec: {
          ...{ backoffLimit: 3, ttlSecondsAfterFinished: 60 },
          template: { spec: { containers: [container], restartPolicy: 'Never' } },
        },
      },
    },
    {
      jsonata: { expression: '$sum(data)' },
      sink: { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello' } },
      reply: { discard: true },
    },
    {
      brokerRef: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' },
      ...{ timeout: 'PT10S', replyAttribute: 'answerto' },
    },
  ]);
});
