/** A request for a path that is not Kubernetes'. */
export interface ExtraRequest {
  readonly method: string;
  /** The parts of the path. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** Aborts when the client has gone or the server stops. */
  readonly signal: AbortSignal;
  /** The body as JSON. @throws ClusterError if it is none */
  json(): Promise<unknown>;
}

/** A document that is sent as one line of JSON after the other, as they come. */
export class JsonLines {
  constructor(readonly lines: AsyncIterable<unknown>) {}
}

/** Documents of whoever runs the server; undefined for paths that there are not. */
export type ExtraPaths = (request: ExtraRequest) => unknown;
