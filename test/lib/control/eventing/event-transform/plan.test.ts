import type { EventTransform } from '../../../../../lib/api';
import { eventTransformReconciler } from '../../../../../lib/control/eventing';
import { NOW, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, k8sService, object, POLICIES_OFF, toService, withOidc } from '../support/objects';

const KEY = 'eventing/event-transform/default/sums';
const SERVED: Facts = { objects: [k8sService('hello')], answers: { [KEY]: { generation: 1 } } };
const transform = (spec: Partial<EventTransform['spec']> = {}, more: { readonly status?: EventTransform['status'] } = {}) =>
  object<EventTransform>('eventing.knative.dev/v1alpha1', 'EventTransform', 'sums', {
    spec: { jsonata: { expression: 'data' }, ...spec },
    ...more,
  });
const plan = (parent = transform(), facts = SERVED, settings = config) =>
  eventTransformReconciler.plan(parent, observe(facts), settings, NOW);
const status = (...args: Parameters<typeof plan>) => plan(...args).status as NonNullable<EventTransform['status']>;
const READY = {
  Addressable: 'True',
  EventPoliciesReady: POLICIES_OFF,
  JsonataDeploymentReady: 'True',
  JsonataSinkBindingReady: 'True',
  Ready: 'True',
  TransformationReady: 'True',
};

describe('the plan of an EventTransform', () => {
  it('gives it a Service of upstream’s name, by which it is reached', () => {
    const result = plan();
    expect(summary(result.status as never)).toEqual(READY);
    const address = { name: 'http', url: 'http://sums-jsonata.default.svc.cluster.local' };
    expect(result.status).toMatchObject({ address, addresses: [address] });
    expect(result.apply!.map(({ object: { kind, metadata } }) => [kind, metadata.name, metadata.labels])).toEqual([
      [
        'Service',
        'sums-jsonata',
        {
          'eventing.knative.dev/event-transform-jsonata': 'true',
          'eventing.knative.dev/event-transform-name': 'sums',
        },
      ],
    ]);
  });

  it('resolves its sink, and says that it is missing', () => {
    expect(status(transform({ sink: toService('hello') })).sinkUri).toBe('http://hello.default.svc.cluster.local');
    const missing = 'False/NotFound: failed to get object default/bye: services "bye" not found';
    expect(summary(status(transform({ sink: toService('bye') })))).toMatchObject({
      JsonataSinkBindingReady: missing,
      TransformationReady: missing,
      Ready: missing,
    });
  });

  it('says what is wrong with its expression', () => {
    const facts = { answers: { [KEY]: { generation: 1, problem: 'spec.jsonata.expression cannot be parsed: no' } } };
    const problem = 'False/JsonataExpressionInvalid: spec.jsonata.expression cannot be parsed: no';
    expect(summary(status(transform(), facts))).toMatchObject({ TransformationReady: problem, Ready: problem });
    expect(status(transform(), facts).address).toBeUndefined();
  });

  it('leaves alone a Service that is somebody else’s', () => {
    const result = plan(transform(), { ...SERVED, objects: [k8sService('sums-jsonata')] });
    expect(result.apply).toEqual([]);
    expect(summary(result.status as never).Addressable).toMatch(/^False\/NoURL: There is an existing Service "sums-jsonata"/);
  });

  it('sends as a service account of its own where receivers want to know', () => {
    const result = plan(transform({ sink: toService('hello') }), SERVED, withOidc);
    expect(result.apply!.map(({ object: { kind } }) => kind)).toEqual(['Service', 'ServiceAccount']);
    expect((result.status as EventTransform['status'])!.auth?.serviceAccountName).toMatch(/^sums-oidc-eventing/);
  });
});
