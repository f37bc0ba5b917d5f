import { K8sServiceType, type ResourceType, servedTypes } from '../../api';
import { addressableAmong } from '../resolve';

/** What a destination can name. */
export const eventingAddressables = addressableAmong(servedTypes);

/** What else can be referred to by kind and name: Knative's kinds and the Services of Kubernetes. */
export const referableKinds: readonly ResourceType[] = [
  K8sServiceType,
  ...servedTypes.filter(({ group }) => group.endsWith('knative.dev')),
];
