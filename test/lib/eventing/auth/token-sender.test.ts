import { type Destination, type EventMessage, TokenSender } from '../../../../lib/eventing';

const message: EventMessage = { headers: { 'ce-id': '1' }, body: Buffer.alloc(0) };

async function sentTo(destination: Destination): Promise<Readonly<Record<string, string>>> {
  const sent: EventMessage[] = [];
  const inner = {
    send: async (_to: Destination, what: EventMessage) => {
      sent.push(what);
      return { status: 202, headers: {}, body: Buffer.alloc(0) };
    },
  };
  const tokens = { token: async (identity: string, audience: string) => `${identity}@${audience}`, refused() {} };
  await new TokenSender(inner, tokens).send(destination, message, {});
  return sent[0]!.headers as Readonly<Record<string, string>>;
}

test('a token goes along where there is an audience and it is said who sends', async () => {
  const headers = await sentTo({ url: 'http://x', audience: 'orders', identity: 'default/shop' });
  expect(headers).toEqual({ 'ce-id': '1', authorization: 'Bearer default/shop@orders' });
});

test.each<[string, Destination]>([
  ['no audience', { url: 'http://x', identity: 'default/shop' }],
  ['nobody who sends', { url: 'http://x', audience: 'orders' }],
])('none goes along with %s', async (_what, destination) => {
  expect(await sentTo(destination)).toEqual({ 'ce-id': '1' });
});

test('nothing is sent without the token that is wanted', async () => {
  const send = jest.fn();
  const sender = new TokenSender(
    { send },
    { token: () => Promise.reject(new Error('there is no service account')), refused() {} },
  );
  const to = { url: 'http://x', audience: 'orders', identity: 'default/gone' };
  await expect(sender.send(to, message, {})).rejects.toThrow('there is no service account');
  expect(send).not.toHaveBeenCalled();
});

describe('where a token is refused', () => {
  const answerTo = (statuses: number[]) => {
    const sent: (string | undefined)[] = [];
    const send = async (_to: Destination, { headers }: EventMessage) => {
      sent.push(headers['authorization']);
      return { status: statuses.shift()!, headers: {}, body: Buffer.alloc(0) };
    };
    return { sent, send };
  };
  const to = { url: 'http://x', audience: 'orders', identity: 'default/shop' };

  test('it is sent once more with another one, and no more', async () => {
    let number = 1;
    const tokens = { token: async () => `t${number}`, refused: () => void number++ };
    const { sent, send } = answerTo([401, 401, 202]);
    expect(await new TokenSender({ send }, tokens).send(to, message, {})).toMatchObject({ status: 401 });
    expect(sent).toEqual(['Bearer t1', 'Bearer t2']);
  });

  test('that is the answer if there is no other', async () => {
    const { sent, send } = answerTo([401, 202]);
    const tokens = { token: async () => 'same', refused() {} };
    expect(await new TokenSender({ send }, tokens).send(to, message, {})).toMatchObject({ status: 401 });
    expect(sent).toEqual(['Bearer same']);
  });
});
