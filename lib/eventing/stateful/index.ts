export { StatefulConsumer, type StatefulConsumerOptions } from './stateful-consumer';
export { StatefulMetrics } from './stateful-metrics';
export * from './stateful-spec';
