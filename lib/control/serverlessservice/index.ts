export { GATEWAYS_TOPIC, GatewayAddresses } from './gateway-addresses';
export { serverlessServiceReconciler } from './plan';
