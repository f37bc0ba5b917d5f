import { Readable } from 'node:stream';
import { type EventTransform, EventTransformType, type JobSink, JobSinkType } from '../../../../lib/api';
import type { Inbound } from '../../../../lib/gateway';
import { LocalServiceAccounts } from '../../../../lib/local';
import { localServingConfig } from '../../../../lib/roles';
import { EventingWorld } from './world';

const CE = ['ce-specversion', '1.0', 'ce-id', '1', 'ce-source', '/test', 'ce-type', 'order.created'];
const JOB_SINK = 'job-sink.knative-eventing.svc.cluster.local';
const TRANSFORM = 'shorten-jsonata.default.svc.cluster.local';

/** What an event gets at a host; undefined: it is no part of the runtime. */
async function post(
  world: EventingWorld,
  host: string,
  target = '/',
  more: readonly string[] = [],
): Promise<{ status: number; retryAfter: string | undefined } | undefined> {
  const answer = await world.runtime.inner(
    host,
    target,
  )?.({
    ...{
      method: 'POST',
      target,
      host,
      headers: [...CE, 'content-type', 'application/json', ...more],
      body: Readable.from([Buffer.from('{}')]),
    },
    ...{ visibility: 'internal', peer: { address: '10.0.0.1', trusted: false }, signal: new AbortController().signal },
  } as Inbound);
  if (!answer) return undefined;
  const at = answer.headers.findIndex((name) => name.toLowerCase() === 'retry-after');
  return { status: answer.status, retryAfter: at < 0 ? undefined : answer.headers[at + 1] };
}

const jobSink: JobSink = {
  apiVersion: 'sinks.knative.dev/v1alpha1',
  kind: 'JobSink',
  metadata: { name: 'work', namespace: 'default' },
  spec: {
    job: {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: {},
      spec: { template: { spec: { restartPolicy: 'Never', containers: [{ name: 'work', image: 'example.com/work' }] } } },
    },
  } as JobSink['spec'],
};
const transform: EventTransform = {
  apiVersion: 'eventing.knative.dev/v1alpha1',
  kind: 'EventTransform',
  metadata: { name: 'shorten', namespace: 'default' },
  spec: { jsonata: { expression: '{ "specversion": "1.0", "id": id, "source": source, "type": "short" }' } },
};

describe('endpoints while a process starts', () => {
  test('tell senders to try again until they are known, and then take events', async () => {
    const world = new EventingWorld();
    await world.cluster.create(JobSinkType, jobSink);
    await world.cluster.create(EventTransformType, transform);
    const again = { status: 503, retryAfter: '1' };
    expect(await post(world, JOB_SINK, '/default/work')).toEqual(again);
    expect(await post(world, 'request-reply.knative-eventing.svc', '/default/ask')).toEqual(again);
    expect(await post(world, TRANSFORM)).toEqual(again);
    // What is no endpoint is none of ours, now as later.
    expect(await post(world, 'shop.default.svc.cluster.local')).toBeUndefined();
    await world.runtime.start();
    expect(await post(world, JOB_SINK, '/default/work')).toMatchObject({ status: 202 });
    expect(await post(world, JOB_SINK, '/default/nothing')).toMatchObject({ status: 400, retryAfter: undefined });
    expect(await post(world, 'request-reply.knative-eventing.svc', '/default/ask')).not.toEqual(again);
    expect(await post(world, 'other-jsonata.default.svc.cluster.local')).toBeUndefined();
    await world.clock.settle();
    expect(await post(world, TRANSFORM)).toMatchObject({ status: 200 });
    await world.runtime.stop();
    expect(world.errors).toEqual([]);
  });

  test('that are made later tell senders to try again until their expressions have been checked', async () => {
    const world = await EventingWorld.start();
    expect(await post(world, TRANSFORM)).toBeUndefined();
    await world.cluster.create(EventTransformType, transform);
    while ((await post(world, TRANSFORM)) === undefined) await Promise.resolve();
    expect(await post(world, TRANSFORM)).toEqual({ status: 503, retryAfter: '1' });
    await world.clock.settle();
    expect(await post(world, TRANSFORM)).toMatchObject({ status: 200 });
    await world.cluster.delete(EventTransformType, 'default', 'shorten');
    await world.clock.settle();
    expect(await post(world, TRANSFORM)).toBeUndefined();
    await world.runtime.stop();
  });
});

test('who verifies a token is told from which address it came, whatever takes the event', async () => {
  const { eventing } = localServingConfig;
  const features = { ...eventing.features, authenticationOidc: true };
  const world = new EventingWorld(undefined, { ...localServingConfig, eventing: { ...eventing, features } });
  await world.cluster.create(JobSinkType, jobSink);
  await world.cluster.create(EventTransformType, transform);
  await world.broker('orders');
  await world.channel('orders');
  await world.runtime.start();
  await world.clock.settle();
  const verify = jest.spyOn(LocalServiceAccounts.prototype, 'verify');
  const places: [string, string][] = [
    [JOB_SINK, '/default/work'],
    [TRANSFORM, '/'],
    ['broker-ingress.knative-eventing.svc.cluster.local', '/default/orders'],
    ['orders-kn-channel.default.svc.cluster.local', '/'],
  ];
  for (const [host, target] of places) {
    expect(await post(world, host, target, ['authorization', 'Bearer a.b.c'])).toMatchObject({ status: 401 });
  }
  const told: readonly (readonly string[])[] = verify.mock.calls;
  expect(told.map(([token, , from]) => `${token} ${from}`)).toEqual(places.map(() => 'a.b.c 10.0.0.1'));
  verify.mockRestore();
  await world.runtime.stop();
});
