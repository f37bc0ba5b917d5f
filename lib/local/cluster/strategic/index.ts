export { strategicMerge } from './strategic-merge';
