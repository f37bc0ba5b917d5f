import fc from 'fast-check';
import type { Condition, ServerlessService, ServingConfig } from '../../../../lib/api';
import { timestamp } from '../../../../lib/base';
import { podAutoscalerConditions } from '../../../../lib/control/podautoscaler/active';
import { type ScaleVerdict, scaleVerdict } from '../../../../lib/control/podautoscaler/scale-verdict';
import { scalingOptions } from '../../../../lib/control/podautoscaler/scaling-options';
import { CONFIG, configWith, podAutoscalerOf, START } from './fixtures';

const NOW = START + 3_600_000;
const WINDOW = 60;
const GRACE = 30;
const DEADLINE = 630;
const statuses = { active: 'True', inactive: 'False', activating: 'Unknown' } as const;

interface Case {
  readonly is?: keyof typeof statuses;
  /** For how many seconds. */
  readonly since?: number;
  readonly initialized?: boolean;
  readonly annotations?: Record<string, string>;
  readonly reachability?: '' | 'Reachable' | 'Unreachable';
  readonly config?: ServingConfig;
  readonly mode?: 'Serve' | 'Proxy';
  /** For how many seconds requests have gone through gateways alone. */
  readonly proxyFor?: number;
}

function verdictOf(desired: number, c: Case): ScaleVerdict {
  const at = (seconds = 0) => timestamp(NOW - seconds * 1000);
  const active: Condition = { type: 'Active', status: statuses[c.is ?? 'activating'], lastTransitionTime: at(c.since) };
  const initialized: Condition = { type: 'ScaleTargetInitialized', status: c.initialized ? 'True' : 'Unknown' };
  const pa = podAutoscalerOf(
    Object.fromEntries(
      Object.entries(c.annotations ?? {}).map(([key, value]) => [
        key.includes('/') ? key : `autoscaling.knative.dev/${key}`,
        value,
      ]),
    ),
  );
  const config = c.config ?? CONFIG;
  const sks = {
    spec: { mode: c.mode ?? 'Serve' },
    status:
      c.proxyFor === undefined
        ? {}
        : { conditions: [{ type: 'ActivatorEndpointsPopulated', status: 'True', lastTransitionTime: at(c.proxyFor) }] },
  } as unknown as ServerlessService;
  return scaleVerdict(desired, {
    conditions: podAutoscalerConditions.manage([active, initialized], NOW),
    options: scalingOptions({ ...pa, spec: { ...pa.spec, reachability: c.reachability ?? 'Reachable' } }, config),
    config,
    sks,
    now: NOW,
  });
}

const retained = (seconds: number) => configWith({ scaleToZeroPodRetentionPeriod: seconds * 1000 });

test.each<[string, number, Case, ScaleVerdict]>([
  [
    'an active revision waits until the window is over',
    0,
    { is: 'active', since: WINDOW - 1 },
    { want: 1, apply: true, requeueAfter: 1000 },
  ],
  [
    'its own window if it has one',
    0,
    { is: 'active', since: 119, annotations: { window: '2m' } },
    { want: 1, apply: true, requeueAfter: 1000 },
  ],
  ['after the window it is declared inactive, pods untouched', 0, { is: 'active', since: WINDOW }, { want: 0, apply: false }],
  [
    'and looked at again if nothing else will change',
    0,
    { is: 'active', since: WINDOW, mode: 'Proxy' },
    { want: 0, apply: false, requeueAfter: 3000 },
  ],
  ['an inactive revision goes to zero after the grace period', 0, { is: 'inactive', since: GRACE }, { want: 0, apply: true }],
  ['not before', 0, { is: 'inactive', since: GRACE - 1 }, { want: 0, apply: false, requeueAfter: 30_000 }],
  [
    'where requests had passed gateways before, the rest of the grace period is waited for',
    0,
    { is: 'inactive', since: GRACE - 1, proxyFor: GRACE - 1 },
    { want: 0, apply: false, requeueAfter: 1000 },
  ],
  ['where they had for all of it, at once', 0, { is: 'inactive', since: 1, proxyFor: GRACE }, { want: 0, apply: true }],
  [
    'the last pod is retained longer than the grace period',
    0,
    { is: 'inactive', since: GRACE, config: retained(60) },
    { want: 0, apply: false, requeueAfter: 30_000 },
  ],
  [
    'as the revision says',
    0,
    { is: 'inactive', since: GRACE, annotations: { 'scale-to-zero-pod-retention-period': '60s' } },
    { want: 0, apply: false, requeueAfter: 30_000 },
  ],
  [
    'or not, as the revision says',
    0,
    { is: 'inactive', since: GRACE, config: retained(60), annotations: { 'scale-to-zero-pod-retention-period': '0' } },
    { want: 0, apply: true },
  ],
  ['retention over', 0, { is: 'inactive', since: GRACE, config: retained(30) }, { want: 0, apply: true }],
  [
    'retention over before the grace period, which gateways had been in the path for',
    0,
    { is: 'inactive', since: 25, config: retained(20), proxyFor: GRACE },
    { want: 0, apply: true },
  ],
  [
    'out of reach nothing is retained',
    0,
    { is: 'inactive', since: GRACE, config: retained(300), reachability: 'Unreachable' },
    { want: 0, apply: true },
  ],
  [
    'a revision on its way up is waited for',
    0,
    { since: DEADLINE / 2 },
    { want: -1, apply: false, requeueAfter: DEADLINE * 500 + 1000 },
  ],
  ['at the deadline still', 0, { since: DEADLINE }, { want: -1, apply: false, requeueAfter: 1000 }],
  ['and given up after it', 0, { since: DEADLINE + 1 }, { want: 0, apply: true }],
  [
    'after its own deadline if it has one',
    0,
    { since: 36, annotations: { 'serving.knative.dev/progress-deadline': '5s' } },
    { want: 0, apply: true },
  ],
  ['the minimum stands', 0, { is: 'inactive', since: GRACE, annotations: { 'min-scale': '2' } }, { want: 2, apply: true }],
  [
    'also if reach is not known',
    0,
    { is: 'inactive', since: GRACE, annotations: { 'min-scale': '2' }, reachability: '' },
    { want: 2, apply: true },
  ],
  [
    'out of reach it does not',
    0,
    { is: 'inactive', since: GRACE, annotations: { 'min-scale': '2' }, reachability: 'Unreachable' },
    { want: 0, apply: true },
  ],
  ['up', 10, {}, { want: 10, apply: true }],
  ['up to the maximum', 10, { annotations: { 'max-scale': '8' } }, { want: 8, apply: true }],
  ['up from inactive', 10, { is: 'inactive', since: 15 }, { want: 10, apply: true }],
  ['unknown from inactive', -1, { is: 'inactive' }, { want: -1, apply: false }],
  ['unknown from active', -1, { is: 'active' }, { want: -1, apply: false }],
  ['unknown on the way up, with a minimum', -1, { annotations: { 'min-scale': '2' } }, { want: 2, apply: true }],
  ['the initial scale, until it was reached', 1, { annotations: { 'initial-scale': '2' } }, { want: 2, apply: true }],
  [
    'once it was reached, no more',
    0,
    { is: 'active', since: 120, initialized: true, annotations: { 'initial-scale': '2' } },
    { want: 0, apply: false },
  ],
  [
    'nor out of reach',
    0,
    { is: 'active', since: 120, annotations: { 'initial-scale': '2' }, reachability: 'Unreachable' },
    { want: 0, apply: false },
  ],
  ['without scale to zero, one', 0, { config: configWith({ enableScaleToZero: false }) }, { want: 1, apply: true }],
  [
    'without scale to zero, the minimum',
    0,
    { annotations: { 'min-scale': '2' }, config: configWith({ enableScaleToZero: false }) },
    { want: 2, apply: true },
  ],
])('%s', (_, desired, situation, want) => {
  expect(verdictOf(desired, situation)).toEqual(want);
});

test('what is applied is never below the minimum nor above the maximum', () => {
  const numbers = fc.record({
    desired: fc.integer({ min: -1, max: 200 }),
    min: fc.nat(20),
    more: fc.nat(20),
    is: fc.constantFrom<keyof typeof statuses>('active', 'inactive', 'activating'),
    since: fc.nat(2000),
  });
  fc.assert(
    fc.property(numbers, ({ desired, min, more, is, since }) => {
      const max = min + more;
      const annotations = { 'min-scale': `${min}`, 'max-scale': `${max}` };
      const { want, apply } = verdictOf(desired, { is, since, initialized: true, annotations });
      if (!apply) return;
      expect(want).toBeGreaterThanOrEqual(min);
      if (max > 0) expect(want).toBeLessThanOrEqual(max);
    }),
  );
});
