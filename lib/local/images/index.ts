export * from './container-engine';
export * from './image-map';
export * from './image-reference';
export * from './image-resolver';
export * from './program';
export * from './sample-images';
