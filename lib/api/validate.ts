import type { FieldError } from '../base';
import { defaultServingConfig, type ServingConfig } from './config';

export function validate(_object: unknown, _config: ServingConfig = defaultServingConfig): FieldError[] {
  return [];
}
