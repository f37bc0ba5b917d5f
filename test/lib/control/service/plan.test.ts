import { defaultServingConfig, type KubeObject, type Service, type Stored, setDefaults } from '../../../../lib/api';
import { serviceReconciler } from '../../../../lib/control/service';
import { makeConfiguration, makeRoute } from '../../../../lib/control/service/resources';
import {
  condition,
  configuration,
  NOW,
  ownedBy,
  ready,
  revision,
  route,
  service,
  stored,
  summary,
  template,
} from '../support/objects';
import { observe } from '../support/observe';

const plan = (parent: Stored<Service>, objects: readonly KubeObject[] = [], failures: Record<string, string> = {}) =>
  serviceReconciler.plan(parent, observe({ objects, failures }), defaultServingConfig, NOW);

/** The children of a Service as its own plans made them, with a status. */
function childrenOf(parent: Stored<Service>, statuses: { configuration?: object; route?: object } = {}) {
  const whole = setDefaults(parent);
  return [
    stored({ ...makeConfiguration(whole, undefined), status: statuses.configuration ?? {} }),
    stored({ ...makeRoute(whole), status: statuses.route ?? {} }),
  ];
}
const configurationReady = { ...ready(), latestCreatedRevisionName: 'hello-00001', latestReadyRevisionName: 'hello-00001' };
const routeReady = {
  ...ready(),
  url: 'http://hello.default.example.com',
  address: { url: 'http://hello.default.svc.cluster.local' },
  traffic: [{ revisionName: 'hello-00001', percent: 100, latestRevision: true }],
};
const OUT_OF_DATE = (kind: string) =>
  `Unknown/OutOfDate: The ${kind} is still working to reflect the latest desired specification.`;

describe('the plan of a Service', () => {
  it('makes a Configuration and a Route of its name, with labels and annotations', () => {
    const parent = service('hello', {
      metadata: {
        labels: { team: 'a' },
        annotations: {
          note: 'n',
          'kubectl.kubernetes.io/last-applied-configuration': '{}',
          'serving.knative.dev/rollout-duration': '10s',
        },
      },
    });
    const { apply, events, status } = plan(parent);
    expect(apply!.map(({ object: { kind, metadata } }) => [kind, metadata.name, metadata.labels, metadata.annotations])).toEqual([
      [
        'Configuration',
        'hello',
        { team: 'a', 'serving.knative.dev/service': 'hello', 'serving.knative.dev/serviceUID': 'uid-service-hello' },
        { note: 'n', 'serving.knative.dev/routes': 'hello' },
      ],
      [
        'Route',
        'hello',
        { team: 'a', 'serving.knative.dev/service': 'hello' },
        { note: 'n', 'serving.knative.dev/rollout-duration': '10s' },
      ],
    ]);
    expect(apply![1]!.object.spec).toEqual({ traffic: [{ configurationName: 'hello', latestRevision: true, percent: 100 }] });
    expect(apply!.every(({ object }) => object.metadata.ownerReferences?.[0]?.uid === 'uid-service-hello')).toBe(true);
    expect(events!.map(({ message }) => message)).toEqual(['Created Configuration "hello"', 'Created Route "hello"']);
    expect(summary(status)).toEqual({
      ConfigurationsReady: OUT_OF_DATE('Configuration'),
      RoutesReady: OUT_OF_DATE('Route'),
      Ready: OUT_OF_DATE('Route'),
    });
  });

  it('keeps routes that the Configuration names already', () => {
    const existing = configuration('hello', {
      metadata: { ...ownedBy(service()), annotations: { 'serving.knative.dev/routes': 'other' } },
    });
    const [apply] = plan(service(), [existing]).apply!;
    expect(apply!.object.metadata.annotations).toEqual({ 'serving.knative.dev/routes': 'hello,other' });
  });

  it('is ready when both children are, and shows what they say', () => {
    const parent = service();
    const { status } = plan(parent, childrenOf(parent, { configuration: configurationReady, route: routeReady }));
    expect(summary(status)).toEqual({ ConfigurationsReady: 'True', RoutesReady: 'True', Ready: 'True' });
    expect(status).toMatchObject({
      latestReadyRevisionName: 'hello-00001',
      url: 'http://hello.default.example.com',
      address: routeReady.address,
      traffic: routeReady.traffic,
      observedGeneration: 1,
    });
  });

  it('writes the same status again if nothing has changed, times included', () => {
    const parent = service();
    const children = childrenOf(parent, { configuration: configurationReady, route: routeReady });
    const { status } = plan(parent, children);
    const later = serviceReconciler.plan(
      { ...parent, status: status! },
      observe({ objects: children }),
      defaultServingConfig,
      NOW + 60_000,
    );
    expect(later.status).toEqual(status);
    expect(later.events).toEqual([]);
  });

  const failedConfiguration = { observedGeneration: 1, conditions: [condition('Ready', 'False', 'RevisionFailed', 'no')] };
  it.each<[string, object | undefined, object | undefined, Record<string, string>]>([
    [
      'copies the reason of a failed Configuration',
      failedConfiguration,
      routeReady,
      {
        ConfigurationsReady: 'False/RevisionFailed: no',
        Ready: 'False/RevisionFailed: no',
        RoutesReady: 'Unknown/TrafficNotMigrated: Traffic is not yet migrated to the latest revision.',
      },
    ],
    [
      'waits while the Configuration has not seen its spec',
      { ...configurationReady, observedGeneration: 0 },
      routeReady,
      { ConfigurationsReady: OUT_OF_DATE('Configuration'), RoutesReady: 'True', Ready: OUT_OF_DATE('Configuration') },
    ],
    [
      'waits while the route is ready with the revision before',
      { ...configurationReady, latestReadyRevisionName: 'hello-00002' },
      routeReady,
      {
        ConfigurationsReady: 'True',
        RoutesReady: 'Unknown/TrafficNotMigrated: Traffic is not yet migrated to the latest revision.',
        Ready: 'Unknown/TrafficNotMigrated: Traffic is not yet migrated to the latest revision.',
      },
    ],
  ])('%s', (_, configurationStatus, routeStatus, expected) => {
    const parent = service();
    const { status } = plan(parent, childrenOf(parent, { configuration: configurationStatus, route: routeStatus }));
    expect(summary(status)).toEqual(expected);
  });

  it('says that a child of that name belongs to somebody else, in one event', () => {
    const parent = service();
    const first = plan(parent, [configuration()]);
    expect(summary(first.status).Ready).toBe('False/NotOwned: There is an existing Configuration "hello" that we do not own.');
    expect(first.events).toEqual([
      { type: 'Warning', reason: 'InternalError', message: 'service: "hello" does not own configuration: "hello"' },
    ]);
    expect(first.apply).toEqual([]);
    expect(plan({ ...parent, status: first.status as object }, [configuration()]).events).toEqual([]);
    const [own] = childrenOf(parent);
    expect(summary(plan(parent, [own!, route()]).status).RoutesReady).toBe(
      'False/NotOwned: There is an existing Route "hello" that we do not own.',
    );
  });

  it('tells why a child could not be made', () => {
    expect(plan(service(), [], { 'Configuration/hello': 'quota' }).events![0]).toEqual({
      type: 'Warning',
      reason: 'CreationFailed',
      message: 'Failed to create Configuration "hello": quota',
    });
  });

  describe('with a revision name of its author', () => {
    const parent = service('hello', { spec: { template: template(undefined, 'hello-blue') } });
    const [own] = childrenOf(parent, { configuration: configurationReady });

    it('makes no Route before the Configuration has been seen to', () => {
      expect(plan(parent).apply!.map(({ type }) => type.kind)).toEqual(['Configuration']);
    });

    it('makes the Route once the name is known to be free or its own', () => {
      expect(plan(parent, [own!]).apply!.map(({ type }) => type.kind)).toEqual(['Configuration', 'Route']);
      const mine = revision('hello-blue', { of: own as never });
      expect(plan(parent, [own!, mine]).apply).toHaveLength(2);
    });

    it('leaves the Route alone if the name is taken', () => {
      const foreign = revision('hello-blue', { of: configuration('other') });
      const { apply, status } = plan(parent, [own!, foreign]);
      expect(apply!.map(({ type }) => type.kind)).toEqual(['Configuration']);
      expect(summary(status).RoutesReady).toBe(
        'False/RevisionNameTaken: The revision name "hello-blue" is taken by a conflicting Revision, so traffic will not be migrated',
      );
    });
  });
});
