export { KnativeValidation, type KnativeValidationProps } from './knative-validation';
