export { createDomainMappingReconciler, domainMappingReconciler } from './plan';
