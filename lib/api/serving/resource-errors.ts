import { type FieldError, invalidValue, withRemedy } from '../../base';
import type { ResourceRequirements } from '../generated/types';
import { compareQuantities, parseQuantity } from '../quantity';

/** Amounts below zero, and requests above their limit: what Kubernetes would say when the pod is made. */
export function resourceErrors(resources: ResourceRequirements | undefined): FieldError[] {
  if (!resources) return [];
  const { requests = {}, limits = {} } = resources;
  const negative = [
    ...Object.entries(requests).map((e) => ['requests', ...e] as const),
    ...Object.entries(limits).map((e) => ['limits', ...e] as const),
  ]
    .filter(([, , amount]) => (parseQuantity(amount) ?? 0) < 0)
    .map(([list, name, amount]) => invalidValue(String(amount), `${list}.${name}`, 'must be greater than or equal to 0'));
  const above = Object.entries(requests)
    .filter(([name, amount]) => limits[name] !== undefined && compareQuantities(amount, limits[name]!) > 0)
    .map(([name, amount]) =>
      withRemedy(
        invalidValue(String(amount), `requests.${name}`, `must be less than or equal to ${name} limit of ${limits[name]}`),
        `Lower the request to ${limits[name]} or less, or raise limits.${name}.`,
      ),
    );
  return [...negative, ...above];
}
