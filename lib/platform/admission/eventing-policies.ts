import { annotations } from '../../api';
import { type AdmissionPolicy, message } from './policy';

const CLASS = annotations.brokerClass[0];
const classOf = (object: string) => `${object}.metadata.?annotations.orValue({})[?"${CLASS}"]`;

/** Rules of Eventing over metadata. */
export const eventingPolicies: readonly AdmissionPolicy[] = [
  {
    ...{ name: 'brokers', group: 'eventing.knative.dev', versions: ['v1'], resources: ['brokers'], operations: ['UPDATE'] },
    rules: [
      {
        expression: `${classOf('object')}.orValue("") == ${classOf('oldObject')}.orValue("")`,
        message: message(
          `Immutable annotations changed (-old +new): annotations.${CLASS}`,
          'Make a broker of another name, and move the triggers to it.',
        ),
      },
    ],
  },
  {
    ...{ name: 'sink-bindings', group: 'sources.knative.dev', versions: ['v1'], resources: ['sinkbindings'] },
    rules: [
      {
        expression:
          'object.spec.subject.?namespace.orValue("") == "" || object.spec.subject.namespace == object.metadata.namespace',
        message: `"invalid value: " + string(object.spec.subject.?namespace.orValue("")) + ": spec.subject.namespace. A SinkBinding binds subjects of its own namespace."`,
      },
    ],
  },
];
