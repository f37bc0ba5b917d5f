import { defaultServingConfig, type KubeObject, type Route, type Stored } from '../../../../lib/api';
import { labelerReconciler } from '../../../../lib/control/labeler';
import { configuration, NOW, NOW_TEXT, ready, revision, route } from '../support/objects';
import { observe } from '../support/observe';

const FINALIZERS = { finalizers: ['routes.serving.knative.dev'] };
const plan = (parent: Stored<Route>, ...objects: KubeObject[]) =>
  labelerReconciler
    .plan(parent, observe({ objects }), defaultServingConfig, NOW)
    .patch!.map(({ type, name, patch }) => [`${type.kind} ${name}`, (patch as { merge: { metadata: unknown } }).merge.metadata]);
const routes = (value: string | null) => ({ 'serving.knative.dev/routes': value });
const state = (value: string) => ({ 'serving.knative.dev/routingState': value });
const modified = { 'serving.knative.dev/routingStateModified': NOW_TEXT };

describe('the plan of the labeler', () => {
  const hello = configuration('hello', { status: { latestCreatedRevisionName: 'hello-00002' } });
  const pending = revision('hello-00002', { metadata: { labels: state('pending') } });
  const traffic = [{ configurationName: 'hello', latestRevision: true, percent: 100 }];

  it('holds the route by a finalizer, and notes it on its Configuration and on the revision that is about to be the latest', () => {
    expect(plan(route(traffic), hello, pending)).toEqual([
      ['Route hello', FINALIZERS],
      ['Revision hello-00002', { labels: state('active'), annotations: { ...routes('hello'), ...modified } }],
      ['Configuration hello', { annotations: routes('hello') }],
    ]);
  });

  it('notes it on pinned revisions, on their Configurations, and on what the status still serves', () => {
    const old = revision('hello-00001', { metadata: { labels: state('reserve') } });
    const parent = route([{ revisionName: 'hello-00001', latestRevision: false, percent: 100 }], { metadata: FINALIZERS });
    expect(plan(parent, configuration(), old).map(([name]) => name)).toEqual(['Revision hello-00001', 'Configuration hello']);
    const moving = route(traffic, { metadata: FINALIZERS, status: { traffic: [{ revisionName: 'hello-00001', percent: 100 }] } });
    expect(plan(moving, configuration(), old).map(([name]) => name)).toEqual(['Revision hello-00001', 'Configuration hello']);
  });

  it('adds the route to those that are noted already', () => {
    const shared = revision('hello-00002', { metadata: { annotations: routes('aa,zz') as Record<string, string> } });
    const config = configuration('hello', {
      metadata: { annotations: { 'serving.knative.dev/routes': 'hello' } },
      status: hello.status,
    });
    expect(plan(route(traffic, { metadata: FINALIZERS }), config, shared)).toEqual([
      ['Revision hello-00002', { annotations: routes('aa,hello,zz') }],
    ]);
  });

  const noted = { annotations: { 'serving.knative.dev/routes': 'hello' } };
  const left = revision('left-00001', { of: configuration('left'), metadata: noted });
  const shared = revision('left-00002', {
    of: configuration('left'),
    metadata: { annotations: { 'serving.knative.dev/routes': 'hello,other' } },
  });
  const leftConfiguration = configuration('left', { metadata: noted });
  const cleared = [
    ['Revision left-00001', { labels: state('reserve'), annotations: { ...routes(null), ...modified } }],
    ['Revision left-00002', { annotations: routes('other') }],
    ['Configuration left', { annotations: routes(null) }],
  ];

  it('clears what the route has left once it has decided, not before', () => {
    const parent = route([], { metadata: FINALIZERS });
    expect(plan(parent, left, shared, leftConfiguration)).toEqual([]);
    expect(plan({ ...parent, status: ready() }, left, shared, leftConfiguration)).toEqual(cleared);
  });

  it('leaves the note on the Configuration of its own Service, which puts it there whatever the traffic', () => {
    const ownerReferences = [
      { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello', uid: 'of-the-service', controller: true },
    ];
    const own = configuration('hello', { metadata: { ...noted, ownerReferences } });
    const parent = { ...route([], { metadata: { ...FINALIZERS, ownerReferences } }), status: ready() };
    expect(plan(parent, own)).toEqual([]);
    expect(plan(parent, leftConfiguration)).toEqual([['Configuration left', { annotations: routes(null) }]]);
  });

  it('clears everything when the route goes, and then lets it go', () => {
    const parent = route(traffic, { metadata: { ...FINALIZERS, deletionTimestamp: NOW_TEXT } });
    expect(plan(parent, left, shared, leftConfiguration)).toEqual([...cleared, ['Route hello', { finalizers: [] }]]);
  });

  it('has nothing to do when everything is noted', () => {
    const config = configuration('hello', { metadata: noted, status: hello.status });
    const done = revision('hello-00002', { metadata: noted });
    expect(plan(route(traffic, { metadata: FINALIZERS, status: ready() }), config, done)).toEqual([]);
  });
});
