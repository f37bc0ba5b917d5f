import {
  ConfigurationType,
  DeploymentType,
  DomainMappingType,
  nearest,
  PodAutoscalerType,
  PodType,
  type ResourceType,
  RevisionType,
  RouteType,
  ServiceType,
} from '../../api';
import { UsageError } from '../usage-error';
import { eventingTypes } from '../why/why-eventing';

/** What is asked about: an object by kind and name, or whatever answers at a host. */
export type Question =
  | { readonly type: ResourceType; readonly name: string; readonly host?: undefined }
  | { readonly host: string; readonly type?: undefined };

/** The kinds that can be explained. Knative's Service is meant by `service`; Kubernetes' own says nothing. */
export const explainedTypes: readonly ResourceType[] = [
  ServiceType,
  RouteType,
  ConfigurationType,
  RevisionType,
  DomainMappingType,
  PodAutoscalerType,
  DeploymentType,
  PodType,
  ...eventingTypes,
];

const namesOf = ({ plural, singular, shortNames, kind }: ResourceType): string[] => [
  plural,
  singular,
  kind.toLowerCase(),
  ...shortNames,
];

/** `ksvc`, `services`, `service.serving.knative.dev`, `deployments.v1.apps`. */
function typeOf(text: string): ResourceType {
  const [name = '', ...group] = text.toLowerCase().split('.');
  const found = explainedTypes.find(
    (type) =>
      namesOf(type).includes(name) &&
      (group.length === 0 || group.join('.') === type.group || group.join('.') === `${type.version}.${type.group}`),
  );
  if (found) return found;
  const meant = nearest(name, explainedTypes.flatMap(namesOf));
  const known = explainedTypes.map((type) => namesOf(type).reduce((a, b) => (b.length < a.length ? b : a))).join(', ');
  throw new UsageError(
    `knc explain knows nothing of ${JSON.stringify(text)}: it explains ${known}${meant ? ` (did you mean ${meant}?)` : ''}`,
  );
}

/** Reads `ksvc/hello`, `service.serving.knative.dev/hello`, `hello` (a Knative Service) or a URL. */
export function parseQuestion(text: string): Question {
  if (/^https?:\/\//i.test(text)) {
    if (!URL.canParse(text)) throw new UsageError(`${text} is no URL`);
    return { host: new URL(text).hostname.toLowerCase() };
  }
  const [kind, name, ...more] = text.split('/');
  if (name === undefined) {
    // A host, perhaps with a port, as browsers show URLs.
    if (/[.:]/.test(text)) return { host: text.replace(/:\d+$/, '').toLowerCase() };
    return { type: ServiceType, name: text };
  }
  if (name === '' || more.length > 0)
    throw new UsageError(`write the object as KIND/NAME: ksvc/hello, revision/hello-00001, pod/NAME`);
  return { type: typeOf(kind!), name };
}
