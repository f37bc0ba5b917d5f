import type { PingSource, ServingConfig } from '../../../../../lib/api';
import { pingSourceReconciler } from '../../../../../lib/control/eventing';
import { NOW, ready, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, k8sService, OIDC_OFF, object, toService, withOidc } from '../support/objects';

const KEY = 'eventing/ping-source/default/tick';
const ATTRIBUTES = [{ type: 'dev.knative.sources.ping', source: '/apis/v1/namespaces/default/pingsources/tick' }];
const source = (spec: Partial<PingSource['spec']> = {}, more: Parameters<typeof object<PingSource>>[3] = {}) =>
  object<PingSource>('sources.knative.dev/v1', 'PingSource', 'tick', { spec: { sink: toService('hello'), ...spec }, ...more });
const SERVED: Facts = { objects: [k8sService('hello')], answers: { [KEY]: { generation: 1 } } };
const plan = (parent: ReturnType<typeof source>, facts: Facts = SERVED, settings: ServingConfig = config) =>
  pingSourceReconciler.plan(parent, observe(facts), settings, NOW);
const status = (...args: Parameters<typeof plan>) => plan(...args).status as NonNullable<PingSource['status']>;

describe('the plan of a PingSource', () => {
  it('is ready with upstream’s conditions, the address of its sink and what it sends', () => {
    expect(summary(status(source()))).toEqual({
      Deployed: 'True',
      OIDCIdentityCreated: OIDC_OFF,
      Ready: 'True',
      SinkProvided: 'True',
    });
    expect(status(source())).toMatchObject({
      observedGeneration: 1,
      sinkUri: 'http://hello.default.svc.cluster.local',
      ceAttributes: ATTRIBUTES,
    });
    expect(plan(source()).asks).toMatchObject([{ topic: 'eventing', key: 'ping-source/default/tick' }]);
  });

  it('sends to an address, to a path below an object, with certificates and an audience', () => {
    const direct = { uri: 'https://example.com/x', CACerts: 'PEM', audience: 'me' };
    expect(status(source({ sink: direct }))).toMatchObject({
      sinkUri: 'https://example.com/x',
      sinkCACerts: 'PEM',
      sinkAudience: 'me',
    });
    expect(status(source({ sink: { ...toService('hello'), uri: '/orders' } })).sinkUri).toBe(
      'http://hello.default.svc.cluster.local/orders',
    );
  });

  it('says that its sink is missing, and tells it once', () => {
    const facts = { answers: { [KEY]: { generation: 1 } } };
    const missing = 'False/NotFound: failed to get object default/hello: services "hello" not found';
    const result = plan(source(), facts);
    expect(summary(result.status as never)).toMatchObject({ SinkProvided: missing, Ready: missing });
    expect(result.events).toEqual([
      {
        type: 'Warning',
        reason: 'SinkNotFound',
        message: 'Sink not found: {"ref":{"apiVersion":"v1","kind":"Service","name":"hello","namespace":"default"}}',
      },
    ]);
    const again = plan(source({}, { status: result.status as never }), facts);
    expect(again.events).toEqual([]);
  });

  it('says that its sink has no address yet', () => {
    const ref = { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders' };
    const broker = object('eventing.knative.dev/v1', 'Broker', 'orders', { spec: {} });
    expect(summary(status(source({ sink: { ref } }), { ...SERVED, objects: [broker] })).Ready).toMatch(
      /^False\/NotFound: address not set for /,
    );
  });

  it('keeps what it knew of a sink that is lost', () => {
    const parent = source({}, { status: { ...ready(), sinkUri: 'http://old', ceAttributes: ATTRIBUTES } });
    expect(status(parent, {})).toMatchObject({ sinkUri: 'http://old', ceAttributes: ATTRIBUTES });
  });

  it('waits until somebody sends its events, and says why nobody does', () => {
    const objects = [k8sService('hello')];
    const waiting = "Unknown/DeploymentUnavailable: The Deployment 'pingsource-mt-adapter' is unavailable.";
    expect(summary(status(source(), { objects }))).toMatchObject({ Deployed: waiting, Ready: waiting });
    const problem = { answers: { [KEY]: { generation: 1, problem: 'invalid value: no: spec.schedule' } } };
    expect(summary(status(source(), { objects, ...problem })).Ready).toBe(
      'False/ScheduleInvalid: invalid value: no: spec.schedule',
    );
  });

  it('sends as a service account of its own where tokens are wanted', () => {
    expect(status(source(), SERVED, withOidc).auth).toEqual({ serviceAccountName: 'tick-oidc-sources.knative.dev-pingsource' });
  });
});
