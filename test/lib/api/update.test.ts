import { validateUpdate } from '../../../lib/api';
import { formatFieldError } from '../../../lib/base';
import { busybox, route, service } from './support';

const refusals = (old: unknown, next: unknown) =>
  validateUpdate(old, next)
    .filter((error) => error.level !== 'warning')
    .map(formatFieldError);

const named = (name: string | undefined, image: string, timeoutSeconds?: number) =>
  service(
    { containers: [{ image }], ...(timeoutSeconds ? { timeoutSeconds } : {}) },
    { ...(name ? { template: { name } } : {}) },
  );

const revision = (image: string, more: object = {}) => ({
  apiVersion: 'serving.knative.dev/v1',
  kind: 'Revision',
  metadata: { name: 'hello-00001', namespace: 'default' },
  spec: { containers: [{ image }], ...more },
});

test.each([
  ['without a name of its own changes freely', named(undefined, 'helloworld:foo'), named(undefined, 'helloworld:bar')],
  ['with another name changes', named('hello-foo', 'helloworld:foo'), named('hello-bar', 'helloworld:bar')],
  ['that stays the same may keep its name', named('hello-foo', 'helloworld:foo'), named('hello-foo', 'helloworld:foo')],
  [
    'that only spells out a default may keep its name',
    named('hello-foo', 'helloworld:foo'),
    named('hello-foo', 'helloworld:foo', 300),
  ],
  ['may be given a name', named(undefined, 'helloworld:foo'), named('hello-foo', 'helloworld:bar')],
])('a template %s', (_, old, next) => {
  expect(refusals(old, next)).toEqual([]);
});

test('a template with a name does not change under it, in a Service or a Configuration', () => {
  const expected = [
    'Saw the following changes without a name change (-old +new): spec.template.metadata.name\nspec.containers[0].image:\n\t-: "helloworld:foo"\n\t+: "helloworld:bar"',
  ];
  const [old, next] = [named('hello-foo', 'helloworld:foo'), named('hello-foo', 'helloworld:bar')];
  expect(refusals(old, next)).toEqual(expected);
  expect(refusals({ ...old, kind: 'Configuration' }, { ...next, kind: 'Configuration' })).toEqual(expected);
});

test('the spec of a revision never changes', () => {
  expect(refusals(revision('busybox'), revision('helloworld', { containerConcurrency: 1 }))).toEqual([
    'Immutable fields changed (-old +new): spec\nspec.containerConcurrency:\n\t-: 0\n\t+: 1\nspec.containers[0].image:\n\t-: "busybox"\n\t+: "helloworld"',
  ]);
});

test('a revision that was made under other rules can still be labelled', () => {
  const old = revision('busybox', { timeoutSeconds: 5000 });
  expect(
    refusals(old, { ...old, metadata: { ...old.metadata, annotations: { 'serving.knative.dev/routes': 'hello' } } }),
  ).toEqual([]);
});

describe('who made an object', () => {
  const by = (creator: string, lastModifier: string, image = 'busybox') => ({
    ...service({ containers: [{ image }] }),
    metadata: {
      name: 'hello',
      annotations: { 'serving.knative.dev/creator': creator, 'serving.knative.dev/lastModifier': lastModifier },
    },
  });

  test('never changes', () => {
    expect(refusals(by('ann', 'ann'), by('bob', 'ann'))).toEqual([
      'annotation value is immutable: metadata.annotations.serving.knative.dev/creator',
    ]);
  });

  test('and who changed it last changes only with the spec', () => {
    expect(refusals(by('ann', 'ann'), by('ann', 'bob', 'helloworld'))).toEqual([]);
    expect(refusals(by('ann', 'ann'), by('ann', 'bob'))).toEqual([
      'invalid value: bob: metadata.annotations.serving.knative.dev/lastModifier',
    ]);
  });

  test('is not asked of what a Service owns', () => {
    const owned = (creator: string) =>
      route([{ percent: 100, revisionName: 'r' }], {
        annotations: { 'serving.knative.dev/creator': creator },
        ownerReferences: [{ apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: 'hello', uid: '1' }],
      });
    expect(refusals(owned('ann'), owned('bob'))).toEqual([]);
  });
});

test('an update is refused for what is wrong with the new object too', () => {
  expect(refusals(service(), service({ containers: [{ ...busybox, tty: true }] }))).toEqual([
    'must not set the field(s): spec.template.spec.containers[0].tty',
  ]);
  expect(refusals(service(), { ...service(), spec: 1 })).toHaveLength(1);
});
