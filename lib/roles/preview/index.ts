export { diffObjects, type FieldChange } from './object-diff';
export * from './preview';
