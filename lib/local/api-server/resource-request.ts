import type { Clock } from '../../base';
import { ClusterError } from '../../kube';
import type { TokenIssuer } from '../tokens';
import type { ProtobufCodec } from './codecs';
import type { Exchange } from './exchange';
import type { ListPages } from './list-pages';
import type { PodAccess } from './pod-access';
import type { ResourcePath } from './request-path';
import type { ServedResource } from './served-resource';

/** What answering a request takes beyond the request. */
export interface ServerParts {
  readonly clock: Clock;
  readonly pages: ListPages;
  readonly pods?: PodAccess;
  readonly protobuf?: ProtobufCodec;
  readonly tokens?: TokenIssuer;
  /** Whether this is the token of the server. */
  readonly isToken: (token: string) => boolean;
  /** Aborts when the server stops: what streams must end. */
  readonly stopping: AbortSignal;
}

/** A request that is about a resource. */
export interface ResourceRequest {
  readonly exchange: Exchange;
  readonly resource: ServedResource;
  readonly path: ResourcePath;
  readonly parts: ServerParts;
}

/** What is not offered at this path. */
export const notAllowed = (): ClusterError =>
  new ClusterError('MethodNotAllowed', 'the server does not allow this method on the requested resource');

/** A path that leads nowhere. */
export const noResource = (): ClusterError =>
  new ClusterError('NotFound', 'the server could not find the requested resource', {});
