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

  test('is why its broker is not, whose dead letter sink is coming', () => {
    const service = object('serving.knative.dev/v1', 'Service', 'letters', 'Unknown', 'Deploying', {});
    const sink = { ref: { ...SUBSCRIBER.ref, name: 'letters' } };
    const spec = { delivery: { deadLetterSink: sink } };
    const broker = object('eventing.knative.dev/v1', 'Broker', 'orders', 'False', 'Unable', spec);
    const node = why(trigger('Unknown', 'BrokerUnknown'), new World([broker, service], NOW));
    expect([node.state, whyText(rootCause(node))]).toEqual(['waiting', 'Service letters: Deploying']);
  });

  test('ends where objects refer to one another in a circle', () => {
    const at = (name: string) => ({ ref: { apiVersion: 'flows.knative.dev/v1', kind: 'Sequence', name } });
    const one = object('flows.knative.dev/v1', 'Sequence', 'one', 'Unknown', 'Waiting', { reply: at('two') });
    const two = object('flows.knative.dev/v1', 'Sequence', 'two', 'Unknown', 'Waiting', { reply: at('one') });
    expect(whyText(rootCause(why(one, new World([one, two], NOW))))).toBe('Sequence two: Waiting');
  });

  test('is nothing when it is ready, whatever its subscriber does', () => {
    const service = object('serving.knative.dev/v1', 'Service', 'fulfil', 'False', 'CrashLoopBackOff', {});
    expect(why(trigger('True', ''), new World([service], NOW))).toMatchObject({ state: 'ready', children: [] });
  });
});
