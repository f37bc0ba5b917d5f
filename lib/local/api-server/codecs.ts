/** Kubernetes' protobuf encoding, for the kinds that have one. */
export interface ProtobufCodec {
  /** The object of a body. @throws ClusterError BadRequest or UnsupportedMediaType */
  decode(bytes: Uint8Array): Promise<unknown> | unknown;
  /** The bytes of an object, or undefined for a kind without such an encoding. */
  encode(object: unknown): Promise<Uint8Array | undefined> | Uint8Array | undefined;
}

/** OpenAPI v3 of what is served. */
export interface OpenApi {
  /** The answer to `/openapi/v3`. */
  index(): unknown;
  /** The document of `api/v1` or `apis/G/V`, or undefined if there is none. */
  document(path: string): unknown;
}
