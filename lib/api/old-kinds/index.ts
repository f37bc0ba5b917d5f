export { type Equivalent, equivalentOf } from './equivalents';
