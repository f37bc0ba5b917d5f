import { apiVersionOf, type KubeObject, type ResourceType, typeKey } from '../../../api';
import { customPrinter } from './custom-printer';
import { endpointSlicePrinter, endpointsPrinter } from './endpoints-printers';
import { eventPrinter } from './event-printer';
import { jobPrinter } from './job-printer';
import { nodePrinter } from './node-printer';
import { podPrinter } from './pod-printer';
import { servicePrinter } from './service-printer';
import {
  configMapPrinter,
  defaultPrinter,
  namespacePrinter,
  scalePrinter,
  secretPrinter,
  serviceAccountPrinter,
} from './simple-printers';
import type { Printer } from './table';
import { deploymentPrinter, replicaSetPrinter } from './workload-printers';

/** A printer sees the objects of its own kind alone. */
const of = <T extends KubeObject>(printer: Printer<T>): Printer => printer as unknown as Printer;

/** Printers of Kubernetes' own kinds, by API version and kind. */
const PRINTERS: ReadonlyMap<string, Printer> = new Map([
  ['v1/Pod', of(podPrinter)],
  ['v1/Service', of(servicePrinter)],
  ['v1/Endpoints', of(endpointsPrinter)],
  ['v1/ConfigMap', of(configMapPrinter)],
  ['v1/Secret', of(secretPrinter)],
  ['v1/Namespace', of(namespacePrinter)],
  ['v1/ServiceAccount', of(serviceAccountPrinter)],
  ['v1/Event', of(eventPrinter)],
  ['v1/Node', of(nodePrinter)],
  ['apps/v1/Deployment', of(deploymentPrinter)],
  ['apps/v1/ReplicaSet', of(replicaSetPrinter)],
  ['batch/v1/Job', of(jobPrinter)],
  ['discovery.k8s.io/v1/EndpointSlice', of(endpointSlicePrinter)],
  ['autoscaling/v1/Scale', of(scalePrinter)],
]);

/** Groups whose kinds are Kubernetes' own: they have no printer columns. */
const isBuiltIn = ({ group }: ResourceType): boolean => !group.includes('.') || group.endsWith('.k8s.io');

const custom = new Map<string, Printer>();

/** How objects of this kind are printed: as Kubernetes prints its own, or by the printer columns of the kind. */
export function printerOf(type: ResourceType): Printer {
  const known = PRINTERS.get(`${apiVersionOf(type)}/${type.kind}`);
  if (known) return known;
  if (isBuiltIn(type)) return defaultPrinter;
  const key = typeKey(type);
  const printer = custom.get(key) ?? customPrinter(type);
  custom.set(key, printer);
  return printer;
}
