import { Ownership, ownerOf, type View } from '../../../../lib/gateway';

const member = (id: string, since = 1) => ({ id, name: id, address: id, since });
const view = (epoch: number, ids: readonly string[], since: Readonly<Record<string, number>> = {}): View => ({
  epoch,
  members: ids.map((id) => member(id, since[id] ?? 1)),
  present: ['a', 'b'].map((id) => ({ id, name: id })),
});
const PODS = Array.from({ length: 30 }, (_, i) => `pod-${i}`);

describe('ownership of pods', () => {
  test('moves no pod between gateways that stay', () => {
    const before = PODS.map((pod) => ownerOf([member('a'), member('b'), member('c')], pod)!.id);
    const after = PODS.map((pod) => ownerOf([member('a'), member('b')], pod)!.id);
    PODS.forEach((_, i) => {
      if (before[i] !== 'c') expect(after[i]).toBe(before[i]);
    });
    expect(new Set(before).size).toBe(3);
    expect(ownerOf([], 'pod-1')).toBeUndefined();
  });

  test('begins when all others have said by the very same view that they have left', () => {
    const a = new Ownership('a');
    expect(PODS.some((pod) => a.admits(pod))).toBe(false);
    a.setView(view(2, ['a', 'b']));
    const [pod, other] = PODS.filter((one) => a.ownerOf(one)?.id === 'a');
    a.learn('b', { epoch: 1, busy: [] });
    expect(a.admits(pod!)).toBe(false);
    a.learn('b', { epoch: 3, busy: [] });
    expect(a.admits(pod!)).toBe(false);
    a.setView(view(3, ['a', 'b']));
    a.learn('b', { epoch: 3, busy: [pod!] });
    // It came to be empty before, and nothing was said of it since.
    expect([a.admits(pod!), a.admits(other!)]).toEqual([true, true]);
  });

  test('waits for the pods that another is still busy with', () => {
    const a = new Ownership('a');
    a.setView(view(2, ['a']));
    a.learn('b', { epoch: 2, busy: ['pod-1'] });
    expect([a.admits('pod-1'), a.admits('pod-2')]).toEqual([false, true]);
    a.learn('b', { epoch: 2, busy: [] });
    expect(a.admits('pod-1')).toBe(true);
    a.learn('b', { epoch: 1, busy: ['pod-3'] });
    expect(a.admits('pod-3')).toBe(true);
  });

  test('ends at once for one that was taken for dead meanwhile, or gave itself up', () => {
    const a = new Ownership('a');
    a.setView(view(2, ['a']));
    a.learn('b', { epoch: 2, busy: [] });
    expect(a.admits('pod-1')).toBe(true);
    a.setView(view(3, ['a']));
    expect(a.admits('pod-1')).toBe(true);
    a.setView(view(5, ['a'], { a: 5 }));
    expect(a.admits('pod-1')).toBe(false);
    a.learn('b', { epoch: 5, busy: [] });
    expect(a.admits('pod-1')).toBe(true);
    a.fence();
    expect([a.admits('pod-1'), a.fenced]).toEqual([false, true]);
    a.setView(view(5, ['a']));
    expect(a.fenced).toBe(true);
    a.setView(view(6, ['a']));
    expect([a.admits('pod-1'), a.fenced]).toEqual([false, false]);
  });

  test('tells of requests that are left in pods of others', () => {
    const a = new Ownership('a');
    a.setView(view(2, ['a']));
    a.enter('pod-1');
    a.enter('pod-1');
    expect(a.standing).toEqual({ epoch: 2, busy: [] });
    a.setView(view(3, ['b']));
    expect(a.standing).toEqual({ epoch: 3, busy: ['pod-1'] });
    let told = 0;
    a.onStanding(() => told++);
    a.leave('pod-1');
    a.leave('pod-1');
    expect([a.standing.busy, told]).toEqual([[], 1]);
  });
});
