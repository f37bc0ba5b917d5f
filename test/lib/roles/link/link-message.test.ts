import fc from 'fast-check';
import { type LinkMessage, parseLinkMessage } from '../../../../lib/roles/link/link-message';

const standing = { epoch: 3, busy: ['a'] };
const member = { id: 'g.1', name: 'g', address: '10.0.0.1', since: 3 };
const messages: readonly LinkMessage[] = [
  { type: 'hello', version: 1, role: 'gateway', id: 'g.1', name: 'g', sharing: { fenced: false, standing } },
  { type: 'hello', version: 1, role: 'controller', id: 'c', name: 'c', heard: 7 },
  { type: 'ask', topic: 'gateway', key: 'default/hello', input: { name: 'hello' } },
  { type: 'forget', topic: 'gateway', key: 'default/hello' },
  { type: 'answer', topic: 'gateway', key: 'default/hello' },
  {
    type: 'stats',
    seq: 1,
    stats: [{ reporter: 'g', namespace: 'default', revision: 'r', time: 1, averageConcurrency: 0.5, requestCount: -1 }],
  },
  { type: 'view', view: { epoch: 3, members: [member], present: [{ id: 'g.1', name: 'g' }] } },
  { type: 'standing', of: 'g.1', standing },
  { type: 'renew', seq: 1 },
  { type: 'renewed', seq: 1 },
  { type: 'want', namespace: 'default', revision: 'r', count: 3 },
  { type: 'place', namespace: 'default', revision: 'r', ticket: 'abc' },
  { type: 'none', namespace: 'default', revision: 'r' },
  { type: 'return', ticket: 'abc' },
];

describe('a message over a link', () => {
  test.each(messages.map((message) => [message.type, message] as const))('%s is read as it was written', (_type, message) => {
    expect(parseLinkMessage(JSON.stringify(message))).toEqual(message);
  });

  test.each([
    ['no JSON', '{', /JSON/],
    ['nothing', 'null', /no known type/],
    ['a type that there is not', '{"type":"toString"}', /no known type/],
    ['a count below zero', '{"type":"want","namespace":"a","revision":"b","count":-1}', /cannot be read/],
    ['a count beyond all measure', '{"type":"want","namespace":"a","revision":"b","count":1e9}', /cannot be read/],
    ['a view without members', '{"type":"view","view":{"epoch":1,"present":[]}}', /cannot be read/],
    ['names too long', JSON.stringify({ type: 'return', ticket: 'x'.repeat(2000) }), /cannot be read/],
    ['another version', '{"type":"hello","version":2,"role":"gateway"}', /speaks version 2 of the link, and this one 1/],
  ])('%s is refused', (_name, text, error) => {
    expect(() => parseLinkMessage(text)).toThrow(error);
  });

  test('one with any field replaced or gone is read or refused, and nothing else happens', () => {
    fc.assert(
      fc.property(fc.constantFrom(...messages), fc.nat(), fc.jsonValue(), fc.boolean(), (message, which, value, gone) => {
        const fields = Object.keys(message);
        const field = fields[which % fields.length]!;
        const changed = JSON.stringify({ ...message, [field]: gone ? undefined : value });
        try {
          expect(JSON.parse(changed)).toEqual(parseLinkMessage(changed));
        } catch (error) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
    );
  });
});
