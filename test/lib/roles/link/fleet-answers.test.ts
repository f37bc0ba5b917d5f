import { GATEWAY_TOPIC } from '../../../../lib/control';
import { GatewayFleetAnswers } from '../../../../lib/roles/link/fleet-answers';
import type { LinkMessage } from '../../../../lib/roles/link/link-message';

const KEY = 'default/hello';

class Channel {
  readonly sent: LinkMessage[] = [];
  send(message: LinkMessage): void {
    this.sent.push(message);
  }
  close(): void {}
}

describe('an Ingress', () => {
  const setup = () => {
    const answers = new GatewayFleetAnswers();
    const told: unknown[] = [];
    const [a, b] = [new Channel(), new Channel()];
    answers.setFleet(['a', 'b']);
    answers.setChannel('a', a);
    answers.ask({ topic: GATEWAY_TOPIC, key: KEY, input: {} }, (_key, value) => told.push(value));
    return { answers, told, a, b };
  };

  test('is served when every gateway serves it, and as far as the last of them does', () => {
    const { answers, told, a, b } = setup();
    expect(a.sent).toEqual([{ type: 'ask', topic: GATEWAY_TOPIC, key: KEY, input: {} }]);
    answers.answered('a', KEY, { generation: 2 });
    expect(told.at(-1)).toBeUndefined();
    answers.setChannel('b', b);
    expect(b.sent).toHaveLength(1);
    answers.answered('b', KEY, { generation: 1 });
    expect(told.at(-1)).toEqual({ generation: 1 });
    answers.answered('b', KEY, { generation: 2 });
    expect(told.at(-1)).toEqual({ generation: 2 });
  });

  test('is served by those that are left when a gateway takes no requests any more', () => {
    const { answers, told } = setup();
    answers.answered('a', KEY, { generation: 2 });
    answers.setFleet(['a']);
    expect(told.at(-1)).toEqual({ generation: 2 });
    answers.setFleet(['a', 'c']);
    expect(told.at(-1)).toBeUndefined();
    answers.setFleet([]);
    expect(told.at(-1)).toBeUndefined();
  });

  test('is not known to be served by a gateway whose link is gone, which is asked again when it is back', () => {
    const { answers, told, a } = setup();
    answers.setFleet(['a']);
    answers.answered('a', KEY, { generation: 2 });
    answers.setChannel('a', undefined);
    expect(told.at(-1)).toBeUndefined();
    answers.setChannel('a', a);
    expect(a.sent).toHaveLength(2);
    answers.forget(KEY);
    expect(a.sent.at(-1)).toEqual({ type: 'forget', topic: GATEWAY_TOPIC, key: KEY });
  });
});
