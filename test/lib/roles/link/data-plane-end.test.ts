import { CountingExecutor, noLog, VirtualClock } from '../../../../lib/base';
import type { Answerer } from '../../../../lib/control';
import type { Gateway, Stat } from '../../../../lib/gateway';
import { Ownership } from '../../../../lib/gateway';
import { DataPlaneEnd, type GatewayLease } from '../../../../lib/roles/link';
import type { LinkMessage } from '../../../../lib/roles/link/link-message';

class Channel {
  readonly sent: LinkMessage[] = [];
  send(message: LinkMessage): void {
    this.sent.push(message);
  }
  close(): void {}
  of<T extends LinkMessage['type']>(type: T): Extract<LinkMessage, { type: T }>[] {
    return this.sent.filter((message) => message.type === type) as Extract<LinkMessage, { type: T }>[];
  }
}

function setup() {
  const clock = new VirtualClock(new CountingExecutor(() => {}));
  let report: (stats: readonly Stat[]) => void = () => {};
  const gateway = {
    onStats: (listener: typeof report) => {
      report = listener;
    },
  } as unknown as Gateway;
  const asked: string[] = [];
  let answer: (value: unknown) => void = () => {};
  const answerer: Answerer = {
    topic: 'gateway',
    ask: ({ key }, onAnswer) => {
      asked.push(key);
      answer = (value) => onAnswer(key, value);
    },
    forget: (key) => asked.push(`-${key}`),
  };
  const lease = { ask: () => 1, renewed() {} } as unknown as GatewayLease;
  const end = new DataPlaneEnd({
    ...{ clock, log: noLog, role: 'gateway', id: 'g.1', name: 'g', answerers: [answerer] },
    gateway: { gateway, ownership: new Ownership('g.1'), lease },
  });
  const stat = (averageConcurrency: number): Stat => ({
    ...{ reporter: 'g', namespace: 'default', revision: 'r', time: clock.now(), averageConcurrency, requestCount: 1 },
  });
  const hello = (heard: number): LinkMessage => ({ type: 'hello', version: 1, role: 'controller', id: 'c', name: 'c', heard });
  return { clock, end, asked, answer: (value: unknown) => answer(value), report: (n: number) => report([stat(n)]), hello };
}

describe('a gateway at its end of links', () => {
  test('repeats what a new leader has not heard, of the last two minutes', async () => {
    const { clock, end, report, hello } = setup();
    report(1);
    await clock.advance(130_000);
    report(2);
    report(3);
    const channel = new Channel();
    const link = end.accept('controller', channel);
    expect(channel.of('stats')).toEqual([]);
    link.message(hello(2));
    expect(channel.of('stats').map(({ seq, stats }) => [seq, stats[0]!.averageConcurrency])).toEqual([[3, 3]]);
    const other = new Channel();
    end.accept('controller', other).message(hello(0));
    expect(other.of('stats').map(({ seq }) => seq)).toEqual([2, 3]);
    report(4);
    expect([channel.of('stats').at(-1)?.seq, other.of('stats').at(-1)?.seq]).toEqual([4, 4]);
    link.closed('');
    report(5);
    expect([channel.of('stats').at(-1)?.seq, other.of('stats').at(-1)?.seq]).toEqual([4, 5]);
  });

  test('is asked once by all who lead, and forgets when the last of them has gone', () => {
    const { end, asked, answer } = setup();
    const [a, b] = [new Channel(), new Channel()];
    const first = end.accept('controller', a);
    first.message({ type: 'ask', topic: 'gateway', key: 'default/hello', input: 1 });
    answer({ generation: 1 });
    const second = end.accept('controller', b);
    second.message({ type: 'ask', topic: 'gateway', key: 'default/hello', input: 1 });
    expect(b.of('answer')).toEqual([{ type: 'answer', topic: 'gateway', key: 'default/hello', value: { generation: 1 } }]);
    answer({ generation: 2 });
    expect([a, b].map((channel) => channel.of('answer').at(-1)?.value)).toEqual([{ generation: 2 }, { generation: 2 }]);
    first.closed('');
    expect(asked).toEqual(['default/hello']);
    second.closed('');
    expect(asked).toEqual(['default/hello', '-default/hello']);
  });

  test('takes nothing of a gateway but what gateways say, and nothing of a leader that is for others', () => {
    const { end } = setup();
    const peer = end.accept('gateway', new Channel());
    expect(() => peer.message({ type: 'ask', topic: 'gateway', key: 'k' })).toThrow('which a gateway may not send here');
    expect(() => peer.message({ type: 'view', view: { epoch: 9, members: [], present: [] } })).toThrow('may not send here');
    const leader = end.accept('controller', new Channel());
    expect(() => leader.message({ type: 'want', namespace: 'a', revision: 'b', count: 1 })).toThrow('not for a gateway');
    expect(() => leader.message({ type: 'ask', topic: 'secrets', key: 'k' })).toThrow('nothing is known here of "secrets"');
  });
});
