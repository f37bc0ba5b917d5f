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
  await new TokenSender(inner, async (identity, audience) => `${identity}@${audience}`).send(destination, message, {});
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
  const sender = new TokenSender({ send }, () => Promise.reject(new Error('there is no service account')));
  const to = { url: 'http://x', audience: 'orders', identity: 'default/gone' };
  await expect(sender.send(to, message, {})).rejects.toThrow('there is no service account');
  expect(send).not.toHaveBeenCalled();
});
