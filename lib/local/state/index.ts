export * from './end-left-over';
export * from './process-journal';
export * from './process-start';
export * from './state-folder';
