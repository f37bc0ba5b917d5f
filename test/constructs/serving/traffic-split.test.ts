import { App, Chart, Testing } from 'cdk8s';
import { KnService, RevisionName, RevisionRef, TrafficSplit, type TrafficTarget } from '../../../constructs';
import type { Route } from '../../../constructs/model';
import { synthErrors, synthesized } from './synth';

const trafficOf = (traffic: readonly TrafficTarget[]) => {
  const chart = Testing.chart();
  new KnService(chart, 'hello', { name: 'hello', image: 'app', traffic });
  return synthesized(chart).spec.traffic;
};

describe('over the revisions of one service', () => {
  test('a canary sends a share to the latest revision and the rest to the stable one', () => {
    expect(trafficOf(TrafficSplit.canary({ stable: RevisionRef.named('hello-00001'), percent: 10, tag: 'next' }))).toEqual([
      { revisionName: 'hello-00001', percent: 90 },
      { latestRevision: true, percent: 10, tag: 'next' },
    ]);
  });

  test('a canary may be a named revision too, and need no tag', () => {
    expect(trafficOf(TrafficSplit.canary({ stable: 'hello-00001', next: 'hello-00002', percent: 0 }))).toEqual([
      { revisionName: 'hello-00001', percent: 100 },
      { revisionName: 'hello-00002', percent: 0 },
    ]);
  });

  test.each([
    ['blue', 100, 0],
    ['green', 0, 100],
  ] as const)('blue-green with %s live tags both sides', (live, blue, green) => {
    expect(trafficOf(TrafficSplit.blueGreen({ blue: 'hello-00001', green: RevisionRef.latest(), live }))).toEqual([
      { revisionName: 'hello-00001', percent: blue, tag: 'blue' },
      { latestRevision: true, percent: green, tag: 'green' },
    ]);
  });

  test('weights by name, latest among them', () => {
    expect(trafficOf(TrafficSplit.weighted({ 'hello-00001': 70, 'hello-00002': 20, latest: 10 }))).toEqual([
      { revisionName: 'hello-00001', percent: 70 },
      { revisionName: 'hello-00002', percent: 20 },
      { latestRevision: true, percent: 10 },
    ]);
  });

  test('the first target without a percentage gets what is left, further ones are reached by tag alone', () => {
    expect(trafficOf([{ percent: 25 }, { revision: 'hello-00002' }, { revision: 'hello-00001', tag: 'old' }])).toEqual([
      { latestRevision: true, percent: 25 },
      { revisionName: 'hello-00002', percent: 75 },
      { revisionName: 'hello-00001', percent: 0, tag: 'old' },
    ]);
  });

  test('another service, a revision of another service and an unknown hash are refused with what to do', () => {
    const chart = Testing.chart();
    const other = new KnService(chart, 'other', { name: 'other', image: 'app' });
    new KnService(chart, 'hello', {
      name: 'hello',
      image: 'app',
      traffic: [
        { service: other, percent: 50 },
        { revision: 'other-00001', percent: 50 },
        { revision: RevisionRef.byContentHash() },
      ],
    });
    const lines = synthErrors(chart);
    expect(lines).toEqual(
      expect.arrayContaining([
        '[test/hello] KNC1001 spec.traffic[0]: a service can only split over its own revisions — Use new TrafficSplit() for several services.',
        '[test/hello] KNC1001 spec.traffic[1]: revision "other-00001" is not one of service "hello" — Name a revision that begins with hello-.',
        '[test/hello] KNC1001 spec.traffic[2]: the name of this revision is not known yet — Set revision: RevisionName.byContentHash() on the service.',
      ]),
    );
  });
});

describe('over several services', () => {
  const services = (chart: Chart) =>
    [
      new KnService(chart, 'stable', { name: 'stable', image: 'app:1', revision: RevisionName.byContentHash() }),
      new KnService(chart, 'next', { name: 'next', image: 'app:2' }),
    ] as const;

  test('every prop at once synthesizes to this manifest', () => {
    const chart = new Chart(new App(), 'kitchen', { namespace: 'shop' });
    const [stable, next] = services(chart);
    const split = new TrafficSplit(chart, 'split', {
      name: 'shop',
      metadata: { labels: { tier: 'front' } },
      visibility: 'cluster-local',
      rolloutDuration: '1m',
      targets: [
        { service: stable, revision: RevisionRef.byContentHash() },
        { service: stable, revision: RevisionRef.byContentHash({ image: 'app:0' }), percent: 5, tag: 'older' },
        { service: next, percent: 10, tag: 'next' },
      ],
    });
    split
      .addTarget({ service: 'elsewhere', percent: 0, tag: 'far' })
      .addTarget({ revision: 'elsewhere-00003', percent: 0, tag: 'pinned' })
      .addLabel('team', 'web')
      .addAnnotation('owner', 'me')
      .mergePatch({ metadata: { annotations: { patched: 'yes' } } });
    expect(`\n${App.of(chart).synthYaml()}`).toMatchSnapshot();
    expect(synthesized<Route>(chart, 'Route').spec.traffic![0]!.revisionName).toBe(stable.revisionName);
    expect([split.host, split.address]).toEqual(['shop.shop.svc.cluster.local', 'http://shop.shop.svc.cluster.local']);
    expect(split.targets).toHaveLength(5);
  });

  test('a canary between services is the same one line', () => {
    const chart = Testing.chart();
    const [stable, next] = services(chart);
    new TrafficSplit(chart, 'shop', { name: 'shop', targets: TrafficSplit.canary({ stable, next, percent: 10, tag: 'next' }) });
    expect(synthesized<Route>(chart, 'Route').spec.traffic).toEqual([
      { configurationName: 'stable', latestRevision: true, percent: 90 },
      { configurationName: 'next', latestRevision: true, percent: 10, tag: 'next' },
    ]);
  });

  test('a revision whose name is not known, one of the wrong service, and a Kubernetes Service are refused', () => {
    const chart = Testing.chart();
    const [stable, next] = services(chart);
    new TrafficSplit(chart, 'shop', {
      name: 'shop',
      targets: [
        { service: next, revision: RevisionRef.byContentHash(), percent: 50 },
        { service: stable, revision: 'next-00001', percent: 50 },
        { service: { kind: 'Service', apiVersion: 'v1', name: 'plain' }, percent: 0 },
      ],
    });
    expect(synthErrors(chart).map((line) => line.replace(/ — .*/, ''))).toEqual(
      expect.arrayContaining([
        '[test/shop] KNC1001 spec.traffic[0]: the name of this revision is not known yet',
        '[test/shop] KNC1001 spec.traffic[1]: revision "next-00001" is not one of service "stable"',
        '[test/shop] KNC1001 spec.traffic[2]: plain is a Service of v1',
      ]),
    );
  });

  test('a TrafficSplit of another copy of the package is recognised', () => {
    const split = new TrafficSplit(Testing.chart(), 'shop', { targets: [{ service: 'a' }] });
    const foreign = Object.defineProperty({}, Symbol.for('knative-constructs.TrafficSplit'), { value: true });
    for (const x of [split, foreign]) expect(x instanceof TrafficSplit).toBe(true);
    for (const x of [null, {}, new KnService(Testing.chart(), 'a', { image: 'app' })])
      expect(x instanceof TrafficSplit).toBe(false);
  });
});
