import type { Stored, Subscription } from '../../../../lib/api';
import { subscriberNames } from '../../../../lib/roles/eventing/subscriber-names';

const subscription = (namespace: string, name: string, uid: string) =>
  ({ metadata: { namespace, name, uid } }) as unknown as Stored<Subscription>;
const named = (entries: readonly (readonly [name: string, uid: string])[], known: readonly Stored<Subscription>[]) =>
  subscriberNames(
    'shop',
    entries.map(([name, uid]) => ({ name, uid })),
    (uid) => known.find(({ metadata }) => metadata.uid === uid),
  ).map(({ consumer, before }) => [consumer, before]);

describe('the names under which subscribers of a channel consume', () => {
  test('are those of their Subscriptions, whatever namespace they are of', () => {
    const known = [
      subscription('shop', 'audit', 'u1'),
      subscription('books', 'audit', 'u2'),
      subscription('books', 'bill', 'u3'),
    ];
    expect(
      named(
        [
          ['audit', 'u1'],
          ['audit', 'u2'],
          ['bill', 'u3'],
        ],
        known,
      ).map(([consumer]) => consumer),
    ).toEqual(['shop/audit', 'books/audit', 'books/bill']);
  });

  test('are the same in any order of the entries', () => {
    const known = [subscription('shop', 'audit', 'u1'), subscription('books', 'audit', 'u2')];
    const of = (...uids: string[]) =>
      named(
        uids.map((uid) => ['audit', uid] as const),
        known,
      ).map(([consumer]) => consumer);
    expect(of('u1', 'u2').sort()).toEqual(of('u2', 'u1').sort());
    expect(of('u2')).toEqual(['books/audit']);
  });

  test('are those of the namespace of the channel where a Subscription is not known, and none is taken twice', () => {
    const known = [subscription('shop', 'audit', 'u2')];
    expect(
      named(
        [
          ['audit', 'u1'],
          ['audit', 'u2'],
          ['bill', 'u3'],
          ['bill', 'u4'],
        ],
        known,
      ).map(([consumer]) => consumer),
    ).toEqual(['shop/audit.u1', 'shop/audit', 'shop/bill', 'shop/bill.u4']);
  });

  test('come with what they were called without their Subscriptions', () => {
    const known = [subscription('books', 'audit', 'u1'), subscription('shop', 'audit', 'u2')];
    expect(
      named(
        [
          ['audit', 'u1'],
          ['audit', 'u2'],
        ],
        known,
      ),
    ).toEqual([
      ['books/audit', 'shop/audit'],
      ['shop/audit', 'shop/audit.u2'],
    ]);
  });
});
