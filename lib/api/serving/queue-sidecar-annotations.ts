import { type FieldError, generic, invalidValue, outOfBounds, withRemedy } from '../../base';
import type { ServingConfig } from '../config';
import { parseGoFloat } from '../go-number';
import { annotations, findAnnotation } from '../keys';
import type { ObjectMeta } from '../meta';
import { parseQuantity } from '../quantity';
import { wantsQueueSidecar } from '../queue-sidecar';

const AMOUNTS = [
  annotations.queueSidecarCpuRequest,
  annotations.queueSidecarCpuLimit,
  annotations.queueSidecarMemoryRequest,
  annotations.queueSidecarMemoryLimit,
  annotations.queueSidecarEphemeralStorageRequest,
  annotations.queueSidecarEphemeralStorageLimit,
];

/** What is wrong with the annotations of a template about the sidecar; a warning where they mean nothing, as there is none. */
export function queueSidecarErrors(all: ObjectMeta['annotations'], config: ServingConfig): FieldError[] {
  const amounts = AMOUNTS.flatMap((key) => findAnnotation(all, key) ?? []);
  const percentage = findAnnotation(all, annotations.queueSidecarResourcePercentage);
  return [
    ...enabledErrors(all),
    ...(percentage ? percentageErrors(percentage) : []),
    ...amounts.flatMap(({ key, value }) => (parseQuantity(value) === undefined ? [invalidValue(value, `[${key}]`)] : [])),
    ...withoutEffect([...amounts, ...(percentage ? [percentage] : [])], all, config),
  ];
}

function enabledErrors(all: ObjectMeta['annotations']): FieldError[] {
  const enabled = findAnnotation(all, annotations.queueSidecarEnabled);
  if (!enabled || enabled.value === 'true' || enabled.value === 'false') return [];
  return [withRemedy(invalidValue(enabled.value, `[${enabled.key}]`), 'Write "true" or "false".')];
}

function percentageErrors({ key, value }: { readonly key: string; readonly value: string }): FieldError[] {
  const path = `[${key}]`;
  const percent = parseGoFloat(value);
  const warning: FieldError = {
    ...generic(
      'Queue proxy resource percentage annotation is deprecated. Please use the available annotations to explicitly set resource values per service',
      path,
    ),
    level: 'warning',
  };
  if (percent === undefined) return [warning, invalidValue(value, path)];
  return [warning, ...(percent < 0.1 || percent > 100 ? [outOfBounds(value, 0.1, 100, path)] : [])];
}

function withoutEffect(
  amounts: readonly { readonly key: string }[],
  all: ObjectMeta['annotations'],
  config: ServingConfig,
): FieldError[] {
  if (amounts.length === 0 || wantsQueueSidecar(all, config)) return [];
  const paths = amounts.map(({ key }) => `[${key}]`);
  const error = generic('without effect: pods have no queue-proxy here', ...paths);
  const remedy = `Set ${annotations.queueSidecarEnabled[0]}: "true" beside it, or queue-sidecar-enabled: "true" in ConfigMap config-deployment. Upstream's Knative always has the sidecar.`;
  return [{ ...withRemedy(error, remedy), level: 'warning' }];
}
