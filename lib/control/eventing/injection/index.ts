export { namespaceInjectionReconciler, triggerInjectionReconciler } from './plan';
