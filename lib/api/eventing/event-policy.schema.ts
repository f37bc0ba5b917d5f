import { define, exactlyOne, list, notEmpty, str, strings } from '../schema/builders.schema';
import { status } from '../schema/meta.schema';
import { filters, kindWithoutSpec, selectorFields } from './duck.schema';

const identity = {
  apiVersion: str('API version of the object.', { maxLength: 317, rules: notEmpty }),
  kind: str('Kind of the object.', { maxLength: 63, rules: notEmpty }),
  name: str('Name of the object.', { maxLength: 253, rules: notEmpty }),
};
const whole = {
  required: ['kind', 'name'],
  rules: [{ rule: 'has(self.apiVersion)', message: 'missing field(s): apiVersion' }],
};

const EventPolicyToReference = define('EventPolicyToReference', 'A receiver by kind and name.', identity, whole);

const EventPolicyFromReference = define(
  'EventPolicyFromReference',
  'A sender by kind and name.',
  { ...identity, namespace: str('Namespace of the sender. Default: the one of the policy.', { maxLength: 63 }) },
  whole,
);

const EventPolicySelector = define('EventPolicySelector', 'Receivers of a kind, by their labels.', {
  apiVersion: str('API version of the receivers.'),
  kind: str('Kind of the receivers.'),
  ...selectorFields,
});

const EventPolicySpecTo = define(
  'EventPolicySpecTo',
  'Who receives: exactly one of these.',
  { ref: EventPolicyToReference, selector: EventPolicySelector },
  { rules: exactlyOne('ref', 'selector') },
);

const EventPolicySpecFrom = define(
  'EventPolicySpecFrom',
  'Who may send: exactly one of these.',
  {
    ref: EventPolicyFromReference,
    sub: str(
      'Subject of the OpenID Connect token: system:serviceaccount:NAMESPACE:NAME. An asterisk at its end stands for any rest.',
      {
        maxLength: 512,
        rules: [
          { rule: "self.indexOf('*') == -1 || self.indexOf('*') == size(self) - 1", message: "'*' is only allowed as suffix" },
        ],
      },
    ),
  },
  { rules: exactlyOne('ref', 'sub') },
);

const EventPolicySpec = define('EventPolicySpec', 'Who may send what to whom.', {
  to: list(EventPolicySpecTo, 'The receivers. None: all of the namespace.', { maxItems: 100 }),
  from: list(EventPolicySpecFrom, 'Who may send to them. None: nobody.', { maxItems: 100 }),
  filters: filters('What they may send: filters that must all match. None: everything.'),
});

export const EventPolicy = kindWithoutSpec(
  'eventing.knative.dev/v1alpha1',
  'EventPolicy',
  'Who may send events to the receivers of a namespace.',
  EventPolicySpec,
  status('EventPolicyStatus', 'What is known of a policy.', { from: strings('The subjects that may send.') }),
);
