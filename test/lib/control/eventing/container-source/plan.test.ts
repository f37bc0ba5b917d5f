import type { ContainerSource, Deployment, KubeObject, SinkBinding } from '../../../../../lib/api';
import { containerSourceReconciler } from '../../../../../lib/control/eventing';
import { condition, NOW, ownedBy, ready, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, object, toService } from '../support/objects';

const source = (template: unknown = { spec: { containers: [{ image: 'x' }] } }) =>
  object<ContainerSource>('sources.knative.dev/v1', 'ContainerSource', 'hearts', {
    spec: { sink: toService('hello'), ceOverrides: { extensions: { team: 'red' } }, template: template as never },
  });
const OWN = ownedBy(source());
const binding = (status: SinkBinding['status'], metadata = OWN) =>
  object<SinkBinding>('sources.knative.dev/v1', 'SinkBinding', 'hearts-sinkbinding', {
    spec: { sink: toService('hello'), ceOverrides: { extensions: { team: 'red' } } } as never,
    metadata,
    status,
  });
const deployment = (conditions: readonly ReturnType<typeof condition>[], metadata = OWN) =>
  object<Deployment>('apps/v1', 'Deployment', 'hearts-deployment', {
    spec: { selector: { matchLabels: { kept: 'yes' } } } as never,
    metadata,
    status: { conditions } as never,
  });
const BOUND = binding({ ...ready(), sinkUri: 'http://sink' });

const plan = (objects: readonly KubeObject[], parent = source(), facts: Facts = {}) =>
  containerSourceReconciler.plan(parent, observe({ ...facts, objects }), config, NOW);
const made = (...args: Parameters<typeof plan>) => (plan(...args).apply ?? []).map(({ object: one }) => one);

describe('the plan of a ContainerSource', () => {
  it('binds first, and runs nothing until the address is known', () => {
    const [first, ...more] = made([]);
    expect(first).toMatchObject({
      kind: 'SinkBinding',
      metadata: { name: 'hearts-sinkbinding', namespace: 'default', ...OWN },
      spec: {
        sink: toService('hello'),
        ceOverrides: { extensions: { team: 'red' } },
        subject: { apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name: 'hearts-deployment' },
      },
    });
    expect(more).toEqual([]);
    expect(summary(plan([]).status)).toMatchObject({
      Ready: "Unknown/DeploymentUnavailable: The Deployment 'hearts-deployment' is unavailable.",
    });
    expect(made([binding({ ...ready(0), sinkUri: 'http://old' })])).toHaveLength(1);
  });

  it('runs its container with upstream’s labels, told where to send', () => {
    const template = { metadata: { labels: { a: 'b' }, annotations: { c: 'd' } }, spec: { containers: [{ image: 'x' }] } };
    const labels = {
      a: 'b',
      'sources.knative.dev/source': 'container-source-controller',
      'sources.knative.dev/containerSource': 'hearts',
    };
    expect(made([BOUND], source(template))[1]).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'hearts-deployment', namespace: 'default', labels, annotations: { c: 'd' }, ...OWN },
      spec: {
        selector: { matchLabels: labels },
        template: {
          metadata: { labels, annotations: { c: 'd' } },
          spec: {
            containers: [
              {
                image: 'x',
                name: 'hearts-0',
                env: [
                  { name: 'K_SINK', value: 'http://sink' },
                  { name: 'K_CE_OVERRIDES', value: '{"extensions":{"team":"red"}}' },
                ],
              },
            ],
          },
        },
      },
    });
  });

  it('keeps saying which pods are its own as it was said first', () => {
    expect(made([BOUND, deployment([])])[1]!.spec).toMatchObject({ selector: { matchLabels: { kept: 'yes' } } });
  });

  it('takes over what the binding knows of the sink', () => {
    const auth = { serviceAccountName: 'me' };
    const knows = binding({ ...ready(), sinkUri: 'http://sink', sinkCACerts: 'PEM', sinkAudience: 'you', auth });
    expect(plan([knows]).status).toMatchObject({
      ...{ sinkUri: 'http://sink', sinkCACerts: 'PEM', sinkAudience: 'you', auth },
      observedGeneration: 1,
    });
  });

  it.each([
    ['all is well', [BOUND, deployment([condition('Available', 'True')])], 'True'],
    ['pods are not there', [BOUND, deployment([condition('Available', 'False', 'Min', 'few')])], 'False/Min: few'],
    [
      'nothing is known of the pods',
      [BOUND, deployment([])],
      "Unknown/DeploymentUnavailable: The Deployment 'hearts-deployment' is unavailable.",
    ],
    [
      'the sink is lost',
      [
        binding({ ...ready(), conditions: [condition('Ready', 'False', 'NoAddressable', 'gone')] }),
        deployment([condition('Available', 'True')]),
      ],
      'False/NoAddressable: gone',
    ],
    [
      'the Deployment is somebody else’s',
      [BOUND, deployment([], {})],
      'False/NotOwned: deployment "hearts-deployment" is not owned by ContainerSource "hearts"',
    ],
    [
      'the SinkBinding is somebody else’s',
      [binding({ ...ready(), sinkUri: 'http://x' }, {})],
      'False/NotOwned: SinkBinding "hearts-sinkbinding" is not owned by ContainerSource "hearts"',
    ],
  ])('says whether it is ready when %s', (_when, objects, expected) => {
    expect(summary(plan(objects).status)['Ready']).toBe(expected);
  });

  it('says why its Deployment is refused', () => {
    const facts = { failures: { 'Deployment/hearts-deployment': 'bad template' } };
    expect(summary(plan([BOUND], source(), facts).status)['ReceiveAdapterReady']).toBe('False/DeploymentFailed: bad template');
  });
});
