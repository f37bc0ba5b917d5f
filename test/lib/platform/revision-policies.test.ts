import { platformManifest } from '../../../lib/platform';

interface Policy {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: {
    readonly paramKind?: unknown;
    readonly matchConstraints: { readonly resourceRules: readonly { readonly operations: readonly string[] }[] };
    readonly validations: readonly { readonly expression: string; readonly messageExpression: string }[];
    readonly paramRef?: { readonly name: string; readonly parameterNotFoundAction: string };
  };
}

const objects = platformManifest({}, '1').objects as unknown as readonly Policy[];
const named = (kind: string, name: string): Policy =>
  objects.find((object) => object.kind === kind && object.metadata.name === `knative-constructs-${name}`)!;
const policy = (name: string) => named('ValidatingAdmissionPolicy', name);

/** What is said of a template, as it is said of a revision. */
const ofRevision = (text: string) =>
  text
    .replaceAll('object.spec.?template.?spec', 'object.?spec')
    .replaceAll('spec.template.spec', 'spec')
    .replaceAll('spec.template.metadata', 'metadata');

describe('policies over revisions', () => {
  test.each([['scales'], ['features'], ['timeouts']])('refuse by %s what is refused of templates', (what) => {
    const [template, revision] = [policy(`template-${what}`), policy(`revision-${what}`)];
    expect(revision.spec.validations.length).toBeGreaterThan(0);
    expect(revision.spec.validations.map(({ expression }) => expression)).toEqual(
      template.spec.validations.map(({ expression }) => ofRevision(expression)),
    );
    expect(revision.spec.validations.map(({ messageExpression }) => messageExpression)).toEqual(
      template.spec.validations.map(({ messageExpression }) => ofRevision(messageExpression)),
    );
  });

  test('let one that is there be labelled after a setting of what it is made of has changed', () => {
    const operations = (name: string) => policy(name).spec.matchConstraints.resourceRules[0]?.operations;
    expect(operations('revision-features')).toEqual(['CREATE']);
    expect(operations('revision-timeouts')).toEqual(['CREATE']);
    // Annotations may change.
    expect(operations('revision-scales')).toEqual(['CREATE', 'UPDATE']);
  });
});

test('policies that go by a setting stop nobody while its ConfigMap is gone', () => {
  const bound = objects.filter(({ kind, spec }) => kind === 'ValidatingAdmissionPolicyBinding' && spec.paramRef);
  expect(bound.map(({ metadata, spec }) => [metadata.name.replace('knative-constructs-', ''), spec.paramRef])).toEqual(
    [
      ['template-scales', 'config-autoscaler'],
      ['template-features', 'config-features'],
      ['template-timeouts', 'config-defaults'],
      ['revision-scales', 'config-autoscaler'],
      ['revision-features', 'config-features'],
      ['revision-timeouts', 'config-defaults'],
    ].map(([name, settings]) => [name, { name: settings, namespace: 'knative-serving', parameterNotFoundAction: 'Allow' }]),
  );
});
