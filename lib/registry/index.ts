export { fingerprint } from './bearer-tokens';
export { type Credential, DockerConfig } from './docker-config';
export { type PullCredentials, type Puller, readPullCredentials } from './pull-credentials';
export { RegistryClient, type RegistryClientOptions } from './registry-client';
export { RegistryError, type RegistryFailure } from './registry-error';
export type { RegistryHttpOptions } from './registry-http';
export { byDigest, mayBePlain, type TaggedImage, taggedImage } from './tagged-image';
