import type { FieldError } from '../base';
import type { ServingConfig } from './config';
import type { KubeObject } from './meta';

/** What one kind adds to its schema. */
export interface KindRules<T extends KubeObject = KubeObject> {
  /** A copy with every default filled in. */
  setDefaults(object: T, config: ServingConfig): T;
  /** What the schema cannot say. Gets an object that fits the schema, with defaults. */
  validate(object: T, config: ServingConfig): FieldError[];
  /** What may not change. Both objects fit the schema and have defaults. */
  validateUpdate?(old: T, next: T, config: ServingConfig): FieldError[];
}
