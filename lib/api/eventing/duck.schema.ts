import { choice, define, int32, int64, list, notEmpty, opaque, str, stringMap, strings } from '../schema/builders.schema';
import { KReference } from '../schema/k-reference.schema';
import { Addressable, kind } from '../schema/meta.schema';
import type { CelRule } from '../schema/schema';

const ABSOLUTE = '^[a-zA-Z][-+.a-zA-Z0-9]*:';
const WITH_HOST = '^[a-zA-Z][-+.a-zA-Z0-9]*://[^/]';

/** Fields by which a destination is found (knative.dev/pkg/apis/duck/v1 Destination). */
export const destinationFields = {
  ref: KReference,
  uri: str('An absolute URL; together with ref, one relative to it.', { maxLength: 2048 }),
  CACerts: str('PEM certificates that the destination may have beside those that are trusted anyway.'),
  audience: str('Audience of the OpenID Connect token that it is called with. Default: what the destination says itself.'),
};

export const destinationRules: readonly CelRule[] = [
  { rule: 'has(self.ref) || has(self.uri)', message: 'expected at least one, got none: ref, uri' },
  {
    rule: `!has(self.ref) || !has(self.uri) || !self.uri.matches('${ABSOLUTE}')`,
    message: 'Absolute URI is not allowed when Ref or [apiVersion, kind, name] is present',
  },
  {
    rule: `has(self.ref) || !has(self.uri) || self.uri.matches('${WITH_HOST}')`,
    message: 'Relative URI is not allowed when Ref and [apiVersion, kind, name] is absent',
  },
];

export const Destination = define('Destination', 'Where events are sent.', destinationFields, { rules: destinationRules });

const notNegative: readonly CelRule[] = [{ rule: 'self >= 0', message: 'invalid value' }];

/** An ISO-8601 duration: `PT0.2S`, `P1DT12H`. */
export const isoDuration = (description: string) =>
  str(description, {
    maxLength: 64,
    rules: [
      {
        rule: "self.matches('^[-+]?P[0-9]') || self.matches('^[-+]?PT[0-9]')",
        messageExpression: "'invalid value: ' + self",
        message: 'invalid value',
      },
    ],
  });

export const DeliverySpec = define(
  'DeliverySpec',
  'How hard it is tried to deliver an event, and what becomes of it if all fails.',
  {
    deadLetterSink: Destination,
    retry: int32('Attempts after the first. Default: 0.', { rules: notNegative }),
    timeout: isoDuration('How long each attempt may take (ISO-8601).'),
    backoffPolicy: choice(['linear', 'exponential'], 'How the wait grows: backoffDelay × retries, or backoffDelay × 2^retries.'),
    backoffDelay: isoDuration('The wait that backoffPolicy multiplies (ISO-8601).'),
    retryAfterMax: isoDuration(
      'The most that the Retry-After of an answer 429 or 503 is heeded (ISO-8601); PT0S: never. Needs the feature delivery-retryafter.',
    ),
    format: choice(
      ['json', 'binary'],
      'How events are sent: as one JSON document, or with attributes in headers. Default: as they came.',
    ),
  },
);

export const deliveryStatus = {
  deadLetterSinkUri: str('Where events go that cannot be delivered.'),
  deadLetterSinkCACerts: str('PEM certificates of that place.'),
  deadLetterSinkAudience: str('Audience of that place.'),
};

export const AuthStatus = define('AuthStatus', 'As whom the object sends events.', {
  serviceAccountName: str('The service account.'),
  serviceAccountNames: strings('The service accounts, where there are several.'),
});

const AppliedEventPolicyRef = define('AppliedEventPolicyRef', 'An EventPolicy.', {
  apiVersion: str('API version of the policy.'),
  name: str('Name of the policy.'),
});

export const addressStatus = {
  address: Addressable,
  addresses: list(Addressable, 'All addresses, by name.'),
};

export const policiesStatus = { policies: list(AppliedEventPolicyRef, 'The policies that say who may send here.') };

const LabelSelectorRequirement = define(
  'LabelSelectorRequirement',
  'What a label must or must not be.',
  {
    key: str('The label.'),
    operator: str('In, NotIn, Exists or DoesNotExist.', { tsType: "'In' | 'NotIn' | 'Exists' | 'DoesNotExist'" }),
    values: strings('For In and NotIn.'),
  },
  { required: ['key', 'operator'] },
);

export const selectorFields = {
  matchLabels: stringMap('Labels and their values.'),
  matchExpressions: list(LabelSelectorRequirement, 'Conditions that must all be met.'),
};

export const LabelSelector = define('LabelSelector', 'Which objects, by their labels. Empty: all of them.', selectorFields);

const nested = (description: string) => list(opaque(description, { tsType: 'SubscriptionsAPIFilter' }), description);

/** One filter. Those inside of it are checked by `validate` alone: a definition cannot contain itself. */
export const SubscriptionsAPIFilter = define('SubscriptionsAPIFilter', 'Which events pass; exactly one of these.', {
  all: nested('All of these must match.'),
  any: nested('At least one of these must match.'),
  not: opaque('This must not match.', { tsType: 'SubscriptionsAPIFilter' }),
  exact: stringMap('Attributes that must have these values, all of them.'),
  prefix: stringMap('Attributes that must begin with these values, all of them.'),
  suffix: stringMap('Attributes that must end with these values, all of them.'),
  cesql: str('A CloudEvents SQL expression that must be true.'),
  data: str(
    "A CEL expression over the event's JSON data that must be true: `amount > 100`. This package's own; upstream Knative does not know it.",
  ),
});

export const filters = (description: string) => list(SubscriptionsAPIFilter, description, { maxItems: 100 });

const CloudEventOverrides = define('CloudEventOverrides', 'Changes to every event.', {
  extensions: stringMap('Extension attributes that are added or replaced.'),
});

export const sourceSpec = { sink: Destination, ceOverrides: CloudEventOverrides };

const CloudEventAttributes = define('CloudEventAttributes', 'Events that are sent.', {
  type: str('Their type.'),
  source: str('Their source.'),
});

export const sourceStatus = {
  sinkUri: str('Where events are sent.'),
  sinkCACerts: str('PEM certificates of that place.'),
  sinkAudience: str('Audience of that place.'),
  ceAttributes: list(CloudEventAttributes, 'The events that are sent.'),
  auth: AuthStatus,
};

export const ChannelTemplateSpec = define(
  'ChannelTemplateSpec',
  'The kind of channel that is made, and its spec.',
  {
    apiVersion: str('API version of the channel.', { maxLength: 317, rules: notEmpty }),
    kind: str('Kind of the channel.', { maxLength: 63, rules: notEmpty }),
    spec: opaque('Spec of the channel.'),
  },
  { rules: [{ rule: 'has(self.apiVersion) && has(self.kind)', message: 'missing field(s): apiVersion, kind' }] },
);

const subscriberFields = {
  name: str('Name of the subscription.'),
  namespace: str('Namespace of the subscription.'),
  uid: str('UID of the subscription.'),
  generation: int64('Generation of the subscription.'),
  subscriberUri: str('Where events are sent.'),
  subscriberCACerts: str('PEM certificates of that place.'),
  subscriberAudience: str('Audience of that place.'),
  replyUri: str('Where answers are sent.'),
  replyCACerts: str('PEM certificates of that place.'),
  replyAudience: str('Audience of that place.'),
  delivery: DeliverySpec,
  auth: AuthStatus,
};

const SubscriberSpec = define('SubscriberSpec', 'A subscription of the channel, with its addresses resolved.', subscriberFields);

/** What every channel has: who subscribes, written by the controller of subscriptions, and how events are delivered. */
export const channelableSpec = {
  subscribers: list(SubscriberSpec, 'The subscriptions. Written by their controller.', { maxItems: 1000 }),
  delivery: DeliverySpec,
};

const SubscriberStatus = define('SubscriberStatus', 'What is known of a subscription.', {
  uid: str('UID of the subscription.'),
  observedGeneration: int64('The generation of it that is served.'),
  ready: str('True, False or Unknown.', { tsType: "'True' | 'False' | 'Unknown'" }),
  message: str('Why, for people.'),
  auth: AuthStatus,
});

export const channelableStatus = {
  ...addressStatus,
  ...deliveryStatus,
  ...policiesStatus,
  subscribers: list(SubscriberStatus, 'What is known of the subscriptions.'),
  deadLetterChannel: KReference,
};

const FlowObjectReference = define('FlowObjectReference', 'An object that was made.', {
  apiVersion: str('API version of the object.'),
  kind: str('Kind of the object.'),
  name: str('Name of the object.'),
  namespace: str('Namespace of the object.'),
  uid: str('UID of the object.'),
  resourceVersion: str('Version of the object.'),
  fieldPath: str('A part of the object.'),
});

const FlowCondition = define('FlowCondition', 'Whether it is ready.', {
  type: str('Name of the condition.'),
  status: str('True, False or Unknown.'),
  severity: str('Empty for a failure.'),
  lastTransitionTime: str('When it last changed.'),
  reason: str('Why, in one word.'),
  message: str('Why, for people.'),
});

/** What a flow knows of one of its channels or subscriptions. */
export const flowPart = (name: string, field: 'channel' | 'subscription') =>
  define(name, `A ${field} that was made for the flow.`, { [field]: FlowObjectReference, ready: FlowCondition });

/** A kind whose spec may be left out: everything in it has a default. */
export const kindWithoutSpec = (...args: Parameters<typeof kind>) => {
  const [apiVersion, name, description, spec, status, options = {}] = args;
  return kind(apiVersion, name, description, spec, status, { ...options, required: ['metadata'] });
};
