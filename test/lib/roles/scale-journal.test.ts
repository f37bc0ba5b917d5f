import type { Autoscaler, Explanation, ScaleChange } from '../../../lib/control';
import { ScaleJournal } from '../../../lib/roles/scale-journal';

const at = Date.UTC(2026, 0, 1, 10);
const explanation = {
  at,
  spec: {
    metric: 'concurrency',
    aggregation: 'linear',
    target: 7,
    total: 10,
    stableWindow: 60_000,
    panicWindow: 6000,
    readyPods: 1,
  },
  stableValue: 20,
  panicValue: 20,
  stableWanted: 3,
  stablePods: 3,
  panicWanted: 3,
  panicPods: 3,
  basePods: 1,
  maxScaleUp: 1000,
  maxScaleDown: 0,
  excessBurstCapacity: 5,
  desired: 3,
  rule: 'stable',
} as unknown as Explanation;

/** An autoscaler whose decisions the test makes. */
function scripted() {
  const listeners = new Set<(change: ScaleChange) => void>();
  const known = new Map<string, Explanation>();
  const autoscaler = {
    onDecision: (listener: (change: ScaleChange) => void) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    explain: (namespace: string, revision: string) => known.get(`${namespace}/${revision}`),
  } as unknown as Autoscaler;
  const decide = (revision: string, from: number | undefined, to: number) => {
    known.set(`default/${revision}`, explanation);
    for (const listener of listeners) listener({ namespace: 'default', revision, from, to, explanation });
  };
  return { autoscaler, decide, known, listeners };
}

describe('ScaleJournal', () => {
  test('tells the numbers of the last decision and the decisions before it, the newest last', () => {
    const { autoscaler, decide } = scripted();
    const journal = new ScaleJournal(autoscaler);
    decide('hello-00001', undefined, 0);
    decide('hello-00001', 0, 3);
    const story = journal.document(['knc', 'v1', 'scale', 'default', 'hello-00001']);
    expect(story?.decisions).toEqual([
      { at: '2026-01-01T10:00:00Z', to: 0, reason: 'no requests' },
      { at: '2026-01-01T10:00:00Z', from: 0, to: 3, reason: 'concurrency 20, target 7 per pod' },
    ]);
    expect(story?.desired).toBe(3);
    expect(story?.explanation[0]).toMatch(/^concurrency: stable 20 over 60s/);
  });

  test('keeps the last ten decisions of the last thousand revisions', () => {
    const { autoscaler, decide, known } = scripted();
    const journal = new ScaleJournal(autoscaler);
    for (let i = 0; i < 20; i++) decide('hello-00001', i, i + 1);
    expect(journal.of('default', 'hello-00001')?.decisions.map(({ to }) => to)).toEqual([11, 12, 13, 14, 15, 16, 17, 18, 19, 20]);
    for (let i = 0; i < 1000; i++) decide(`other-${i}`, 0, 1);
    known.clear();
    expect(journal.of('default', 'hello-00001')).toBeUndefined();
    expect(journal.of('default', 'other-0')?.decisions).toHaveLength(1);
  });

  test.each([
    [[]],
    [['knc', 'v1', 'scale', 'default']],
    [['knc', 'v2', 'scale', 'default', 'hello-00001']],
    [['knc', 'v1', 'scale', 'default', 'hello-00001', 'x']],
  ])('has nothing at %p', (segments) => {
    const { autoscaler, decide } = scripted();
    const journal = new ScaleJournal(autoscaler);
    decide('hello-00001', 0, 1);
    expect(journal.document(segments)).toBeUndefined();
  });

  test('hears nothing more once it is stopped', () => {
    const { autoscaler, listeners } = scripted();
    new ScaleJournal(autoscaler).stop();
    expect(listeners.size).toBe(0);
  });
});
