import { allTypes, INSTALLATION, type Pod, PodType, WORKLOAD_LABEL } from '../../../../lib/api';
import { CountingExecutor, noLog, seededRandom, VirtualClock } from '../../../../lib/base';
import { type Answerer, TOKEN_SECRET_TOPIC } from '../../../../lib/control';
import { MemoryCluster } from '../../../../lib/local/cluster';
import { DataPlaneEnd, LeaderLink } from '../../../../lib/roles/link';
import type { LinkChannel, LinkHandler } from '../../../../lib/roles/link/link-channel';

const { eventingNamespace, eventing } = INSTALLATION;

test('who keeps events is asked for Secrets with tokens, over its link, and by whoever leads next, too', async () => {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  const cluster = new MemoryCluster({ clock, random: seededRandom(1), types: allTypes });
  const asked: unknown[] = [];
  const secrets: Answerer = {
    topic: TOKEN_SECRET_TOPIC,
    ask({ key, input }, onAnswer) {
      asked.push(input);
      onAnswer(key, { present: true });
    },
    forget: (key) => void asked.push(`no more ${key}`),
  };
  const end = new DataPlaneEnd({ clock, log: noLog, role: 'eventing', id: 'e.1', name: 'e', answerers: [secrets] });
  const pod = await cluster.create<Pod>(PodType, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { namespace: eventingNamespace, name: 'e', labels: { [WORKLOAD_LABEL]: eventing } },
    spec: { containers: [] },
  });
  await cluster.updateStatus<Pod>(PodType, { ...pod, status: { phase: 'Running', podIP: '10.0.0.1' } });
  const lead = async (answers: unknown[]) => {
    const leader = new LeaderLink({
      ...{ cluster, clock, random: seededRandom(2), log: noLog, name: 'controller', token: () => '', internalPort: 8081 },
      ...{ onStats() {}, onHearing() {} },
      dial: ({ accept }) => {
        let ends: { readonly leader: LinkHandler; readonly part: LinkHandler } | undefined;
        const to = (which: 'leader' | 'part'): LinkChannel => ({
          send: (message) => void clock.after(1, () => ends?.[which].message(JSON.parse(JSON.stringify(message)))),
          close() {},
        });
        clock.after(0, () => {
          const part = end.accept('controller', to('leader'));
          ends = { part, leader: accept(to('part')) };
        });
        return {
          hurry() {},
          stop() {
            ends?.part.closed('');
            ends?.leader.closed('');
            ends = undefined;
          },
        };
      },
    });
    await leader.start();
    const answerer = leader.answerers.find(({ topic }) => topic === TOKEN_SECRET_TOPIC)!;
    const ask = { topic: TOKEN_SECRET_TOPIC, key: 'default/bind', input: { name: 'bind-oidc-token' } };
    answerer.ask(ask, (_key, answer) => answers.push(answer));
    await clock.advance(100);
    return leader;
  };
  const [first, second]: [unknown[], unknown[]] = [[], []];
  const leader = await lead(first);
  expect([asked, first.at(-1)]).toEqual([[{ name: 'bind-oidc-token' }], { present: true }]);
  leader.stop();
  await clock.advance(100);
  // Nobody asks: nothing is kept.
  expect([asked.at(-1), first.at(-1)]).toEqual(['no more default/bind', undefined]);
  const next = await lead(second);
  expect([asked.at(-1), second.at(-1)]).toEqual([{ name: 'bind-oidc-token' }, { present: true }]);
  next.stop();
});
