import { allTypes, type Event, EventType } from '../../../lib/api';
import { CountingExecutor, noLog, seededRandom, VirtualClock } from '../../../lib/base';
import { EventRecorder } from '../../../lib/kube';
import { MemoryCluster } from '../../../lib/local/cluster';
import { service } from '../control/support/objects';

function make() {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes });
  const recorder = new EventRecorder({ cluster, clock, executor, log: noLog });
  const say = async (message: string, reason = 'Because') => {
    recorder.record(service(), { type: 'Normal', reason, message }, 'tester');
    await clock.settle();
  };
  const events = async () => (await cluster.list<Event>(EventType, {})).items;
  return { clock, cluster, recorder, say, events };
}

describe('EventRecorder', () => {
  it('writes a core/v1 Event that kubectl describe finds', async () => {
    const { say, events } = make();
    await say('hello');
    expect(await events()).toEqual([
      expect.objectContaining({
        metadata: expect.objectContaining({ name: expect.stringMatching(/^hello\.[0-9a-f]+$/), namespace: 'default' }),
        involvedObject: {
          apiVersion: 'serving.knative.dev/v1',
          kind: 'Service',
          name: 'hello',
          namespace: 'default',
          uid: 'uid-service-hello',
        },
        type: 'Normal',
        reason: 'Because',
        message: 'hello',
        count: 1,
        firstTimestamp: '2026-01-01T00:00:00Z',
        lastTimestamp: '2026-01-01T00:00:00Z',
        source: { component: 'tester' },
      }),
    ]);
  });

  it('counts the same event', async () => {
    const { say, events, clock } = make();
    await say('hello');
    await clock.advance(60_000);
    await say('hello');
    await say('hello', 'Other');
    expect((await events()).map(({ reason, count, lastTimestamp }) => [reason, count, lastTimestamp])).toEqual([
      ['Because', 2, '2026-01-01T00:01:00Z'],
      ['Other', 1, '2026-01-01T00:01:00Z'],
    ]);
  });

  it('writes a new one if the old one has expired', async () => {
    const { say, events, cluster } = make();
    await say('hello');
    await cluster.delete(EventType, 'default', (await events())[0]!.metadata.name);
    await say('hello');
    expect((await events()).map(({ count }) => count)).toEqual([1]);
  });

  it('tells many similar events as one', async () => {
    const { say, events } = make();
    for (let i = 0; i < 15; i++) await say(`number ${i}`);
    const all = await events();
    expect(all).toHaveLength(10);
    expect(all.at(-1)).toMatchObject({ message: '(combined from similar events): number 14', count: 6 });
  });

  it('slows down who says too much about one object', async () => {
    const { say, events, clock } = make();
    for (let i = 0; i < 40; i++) await say('same');
    expect((await events())[0]!.count).toBe(25);
    await clock.advance(300_000);
    await say('same');
    expect((await events())[0]!.count).toBe(26);
  });

  it('writes one after the other, so that events do not stand in the way of what they tell of', async () => {
    const { clock, cluster, recorder } = make();
    let [writing, most] = [0, 0];
    const create = cluster.create.bind(cluster);
    jest.spyOn(cluster, 'create').mockImplementation((async (...args: Parameters<typeof create>) => {
      most = Math.max(most, ++writing);
      await Promise.resolve();
      writing--;
      return create(...args);
    }) as typeof create);
    for (const message of ['a', 'b', 'c']) recorder.record(service(), { type: 'Normal', reason: message, message }, 'tester');
    await clock.settle();
    expect(most).toBe(1);
    expect((await cluster.list<Event>(EventType, {})).items.map(({ message }) => message)).toEqual(['a', 'b', 'c']);
  });
});
