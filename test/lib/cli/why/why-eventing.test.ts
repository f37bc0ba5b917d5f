import type { KubeObject } from '../../../../lib/api';
import { why } from '../../../../lib/cli/why/why';
import { rootCause, whyText } from '../../../../lib/cli/why/why-node';
import { World } from '../../../../lib/cli/why/world';

const NOW = Date.UTC(2026, 0, 1);
const object = (apiVersion: string, kind: string, name: string, ready: string, reason: string, spec: object, ageMs = 60_000) =>
  ({
    apiVersion,
    kind,
    metadata: { name, namespace: 'default', generation: 1 },
    spec,
    status: {
      observedGeneration: 1,
      conditions: [{ type: 'Ready', status: ready, reason, lastTransitionTime: new Date(NOW - ageMs).toISOString() }],
    },
  }) as KubeObject;

const SUBSCRIBER = { ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'fulfil' } };
const trigger = (ready: string, reason: string, ageMs?: number) =>
  object('eventing.knative.dev/v1', 'Trigger', 'all', ready, reason, { broker: 'orders', subscriber: SUBSCRIBER }, ageMs);

describe('why a trigger is not ready', () => {
  test('is why its subscriber is not, while that is coming', () => {
    const service = object('serving.knative.dev/v1', 'Service', 'fulfil', 'Unknown', 'Deploying', {});
    const node = why(trigger('False', 'Unable'), new World([trigger('False', 'Unable'), service], NOW));
    expect([node.state, whyText(rootCause(node))]).toEqual(['waiting', 'Service fulfil: Deploying']);
  });

  test('is that its broker is not there, once it has been so for a moment', () => {
    const of = (ageMs: number) => why(trigger('False', 'BrokerDoesNotExist', ageMs), new World([], NOW)).state;
    expect([of(100), of(5000)]).toEqual(['waiting', 'failed']);
  });

  test('is nothing when it is ready, whatever its subscriber does', () => {
    const service = object('serving.knative.dev/v1', 'Service', 'fulfil', 'False', 'CrashLoopBackOff', {});
    expect(why(trigger('True', ''), new World([service], NOW))).toMatchObject({ state: 'ready', children: [] });
  });
});
