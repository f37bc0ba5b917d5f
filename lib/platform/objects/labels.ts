import type { KubeObject, ObjectMeta } from '../../api';
import type { ResolvedPlatform } from '../options';

/** Every object of the platform has it. */
export const PART_OF = { 'app.kubernetes.io/part-of': 'knative-constructs' } as const;

/** What the pods of a workload are known by; it never changes. */
export const selectorOf = (name: string): Record<string, string> => ({ 'app.kubernetes.io/name': name });

/** Labels of an object. `component` is what it is for. */
export const labelsOf = ({ labels, version }: ResolvedPlatform, component: string): Record<string, string> => ({
  ...labels,
  ...PART_OF,
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/version': version,
});

/** Metadata of an object; `namespace` undefined for one of the whole cluster. */
export const metadataOf = (
  platform: ResolvedPlatform,
  name: string,
  component: string,
  namespace?: string,
): ObjectMeta & { readonly name: string } => ({
  name,
  ...(namespace === undefined ? {} : { namespace }),
  labels: labelsOf(platform, component),
});

/** An object of a kind that has fields beside spec and status. */
export const kubeObject = (object: KubeObject & Readonly<Record<string, unknown>>): KubeObject => object;
