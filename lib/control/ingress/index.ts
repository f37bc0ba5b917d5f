export { GATEWAY_TOPIC, type GatewayAnswer, type GatewayQuestion, INGRESS_CLASS, ingressReconciler } from './plan';
