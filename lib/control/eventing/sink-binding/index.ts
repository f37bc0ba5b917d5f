export { type Binding, bindingIn, boundObject, boundSpec, isBound, podSpecOf } from './injection';
export { bindingOf, sinkBindingReconciler } from './plan';
export { bindingsOf, isExempt, subjectKinds } from './subjects';
