export { domainMappingReconciler } from './plan';
