export type { Answerer } from './answers';
export { Engine, type EngineOptions } from './engine';
export { type Operation, operations } from './operation';
