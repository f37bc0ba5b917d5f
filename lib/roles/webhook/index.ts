export * from './webhook-beside';
export { type MutatingWebhookConfiguration, MutatingWebhookConfigurationType } from './webhook-configuration';
export * from './webhook-system';
