import type { KubeObject, Stored } from '../../api';
import { ClusterError } from '../../kube';

/** What of an object says how many pods it has. */
interface Scalable {
  readonly spec?: {
    readonly replicas?: number;
    readonly selector?: {
      readonly matchLabels?: Readonly<Record<string, string>>;
      readonly matchExpressions?: readonly Expression[];
    };
  };
  readonly status?: { readonly replicas?: number };
}

interface Expression {
  readonly key: string;
  readonly operator: 'In' | 'NotIn' | 'Exists' | 'DoesNotExist';
  readonly values?: readonly string[];
}

function expressionText({ key, operator, values = [] }: Expression): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  return `${key} ${operator.toLowerCase()} (${[...values].sort().join(',')})`;
}

function selectorText({ matchLabels = {}, matchExpressions = [] }: NonNullable<Scalable['spec']>['selector'] & object): string {
  const equal = Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`);
  return [...equal, ...matchExpressions.map(expressionText)].sort().join(',');
}

/** The autoscaling/v1 Scale of an object. */
export function scaleOf(object: Stored<KubeObject>): Stored<KubeObject> {
  const { spec, status } = object as Scalable;
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
  const selector = spec?.selector ? selectorText(spec.selector) : '';
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: { name, ...(namespace === undefined ? {} : { namespace }), uid, resourceVersion, creationTimestamp },
    spec: { replicas: spec?.replicas ?? 1 },
    status: { replicas: status?.replicas ?? 0, ...(selector ? { selector } : {}) },
  };
}

/** The number of replicas that a Scale asks for. @throws ClusterError BadRequest or Invalid */
export function replicasOf(scale: Readonly<Record<string, unknown>>, name: string): number {
  const replicas = (scale['spec'] as { replicas?: unknown } | undefined)?.replicas ?? 0;
  if (typeof replicas !== 'number' || !Number.isInteger(replicas)) {
    throw new ClusterError(
      'BadRequest',
      `Scale in version "v1" cannot be handled as a Scale: spec.replicas: ${JSON.stringify(replicas)}`,
    );
  }
  if (replicas < 0) {
    const why = `Invalid value: ${replicas}: must be greater than or equal to 0`;
    throw new ClusterError('Invalid', `Scale.autoscaling "${name}" is invalid: spec.replicas: ${why}`);
  }
  return replicas;
}
