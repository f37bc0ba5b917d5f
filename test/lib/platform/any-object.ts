import type { KubeObject } from '../../../lib/api';

/** What tests look into: any field of any kind. */
export interface AnyObject extends Omit<KubeObject, 'spec' | 'metadata'> {
  readonly metadata: KubeObject['metadata'] & { readonly name: string };
  // biome-ignore lint/suspicious/noExplicitAny: fields of ten kinds are looked at, and what is not there fails the test
  readonly [field: string]: any;
}

export const anyObjects = (objects: readonly unknown[]): AnyObject[] => objects as AnyObject[];
