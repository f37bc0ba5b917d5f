import type { EventPolicy, ServingConfig } from '../../../../../lib/api';
import { BrokerType, InMemoryChannelType } from '../../../../../lib/api';
import { eventPolicyReconciler, policyApplies } from '../../../../../lib/control/eventing';
import { NOW, summary } from '../../support/objects';
import { type Facts, observe } from '../../support/observe';
import { config, object, withOidc } from '../support/objects';

const policy = (spec: EventPolicy['spec'] = {}, namespace = 'default') =>
  object<EventPolicy>('eventing.knative.dev/v1alpha1', 'EventPolicy', 'shop-only', { spec, metadata: { namespace } });
const from = (ref: object): EventPolicy['spec'] => ({
  from: [{ ref: { apiVersion: 'sources.knative.dev/v1', ...ref } as never }],
});
const sender = (name: string, status: object, namespace = 'default') =>
  object('sources.knative.dev/v1', 'PingSource', name, { status, metadata: { namespace } } as never);
const plan = (parent: ReturnType<typeof policy>, facts: Facts = {}, settings: ServingConfig = withOidc) =>
  eventPolicyReconciler.plan(parent, observe(facts), settings, NOW);
const status = (...args: Parameters<typeof plan>) => plan(...args).status as NonNullable<EventPolicy['status']>;

describe('the plan of an EventPolicy', () => {
  it('says that it does not count where nobody proves who they are', () => {
    expect(summary(status(policy({ from: [{ sub: 'a' }] }), {}, config))).toEqual({
      AuthenticationEnabled: 'False/OIDCAuthenticationDisabled',
      Ready: 'False/OIDCAuthenticationDisabled',
      SubjectsResolved: 'Unknown',
    });
    expect(status(policy({ from: [{ sub: 'a' }] }), {}, config)).not.toHaveProperty('from');
  });

  it('has the subjects that it names, and those as whom senders send, in its order', () => {
    const spec: EventPolicy['spec'] = {
      from: [{ sub: 'system:serviceaccount:a:*' }, ...from({ kind: 'PingSource', name: 'tick' })!.from!, { sub: 'last' }],
    };
    const tick = sender('tick', { auth: { serviceAccountNames: ['one', 'two'], serviceAccountName: 'tick-oidc' } });
    const result = status(policy(spec), { objects: [tick] });
    expect(result.from).toEqual([
      'system:serviceaccount:a:*',
      'system:serviceaccount:default:one',
      'system:serviceaccount:default:two',
      'system:serviceaccount:default:tick-oidc',
      'last',
    ]);
    expect(summary(result)).toEqual({ AuthenticationEnabled: 'True', Ready: 'True', SubjectsResolved: 'True' });
  });

  it('finds a sender in another namespace, and looks again when that changes', () => {
    const parent = policy(from({ kind: 'PingSource', name: 'tick', namespace: 'b' }));
    const facts = { objects: [sender('tick', { auth: { serviceAccountName: 't' } }, 'b')] };
    expect(status(parent, facts).from).toEqual(['system:serviceaccount:b:t']);
    expect(eventPolicyReconciler.reads(parent, withOidc)).toMatchObject([{ namespace: 'b', name: 'tick' }]);
  });

  it('lets nobody send where it names nobody', () => {
    expect(status(policy())).not.toHaveProperty('from');
    expect(summary(status(policy())).Ready).toBe('True');
  });

  const failed = 'False/SubjectsNotResolved: could not resolve subjects from reference: could not resolve auth status: ';
  it.each<[string, object, Facts['objects'], string]>([
    [
      'is not there',
      { kind: 'PingSource', name: 'tick' },
      [],
      'failed to get authenticatable default/tick: failed to get object default/tick: pingsources.sources.knative.dev "tick" not found',
    ],
    [
      'has no identity yet',
      { kind: 'PingSource', name: 'tick' },
      [sender('tick', {})],
      '.status.auth is missing in object default/tick',
    ],
    [
      'is of a kind that does not send',
      { apiVersion: 'v1', kind: 'Service', name: 'x' },
      [],
      'failed to get authenticatable default/x: v1, Kind=Service sends no events as itself',
    ],
  ])('says that a sender %s, and tells it once', (_what, ref, objects, message) => {
    const result = plan(policy(from(ref)), { objects });
    expect(summary(result.status as never).Ready).toBe(failed + message);
    expect(result.events).toHaveLength(1);
    const again = plan({ ...policy(from(ref)), status: result.status as never }, { objects });
    expect(again).toMatchObject({ events: [], status: result.status });
  });
});

describe('a policy is about', () => {
  const orders = object('eventing.knative.dev/v1', 'Broker', 'orders', { metadata: { labels: { app: 'shop', tier: '1' } } });
  const ref = (more: object = {}) => ({
    ref: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', name: 'orders', ...more },
  });
  const select = (more: object) => ({ selector: { apiVersion: 'eventing.knative.dev/v1', kind: 'Broker', ...more } });

  it.each<[string, NonNullable<EventPolicy['spec']>['to'], boolean]>([
    ['everything of its namespace without `to`', undefined, true],
    ['everything of its namespace with an empty `to`', [], true],
    ['what it names', [ref()], true],
    ['what it names in another version', [ref({ apiVersion: 'eventing.knative.dev/v2' })], true],
    ['what it names in other letters', [ref({ kind: 'BROKER', name: 'Orders' })], true],
    ['not what has another name', [ref({ name: 'news' })], false],
    ['not what has another group', [ref({ apiVersion: 'x/v1' })], false],
    ['what one of its entries names', [ref({ name: 'news' }), ref()], true],
    ['what has the labels that it selects', [select({ matchLabels: { app: 'shop' } })], true],
    ['every object of the kind that it selects', [select({})], true],
    ['not what has other labels', [select({ matchLabels: { app: 'shop', tier: '2' } })], false],
    ['not another kind that it selects', [select({ kind: 'Channel', matchLabels: { app: 'shop' } })], false],
    [
      'what expressions select',
      [
        select({
          matchExpressions: [
            { key: 'app', operator: 'In', values: ['shop', 'x'] },
            { key: 'tier', operator: 'Exists' },
            { key: 'old', operator: 'DoesNotExist' },
            { key: 'tier', operator: 'NotIn', values: ['2'] },
          ],
        }),
      ],
      true,
    ],
    [
      'not what an expression leaves out',
      [select({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['shop'] }] })],
      false,
    ],
  ])('%s', (_what, to, expected) => {
    expect(policyApplies(policy({ to } as EventPolicy['spec']), BrokerType, orders)).toBe(expected);
  });

  it('nothing of another namespace or kind', () => {
    expect(policyApplies(policy({}, 'b'), BrokerType, orders)).toBe(false);
    expect(policyApplies(policy({ to: [ref()] } as EventPolicy['spec']), InMemoryChannelType, orders)).toBe(false);
  });
});
