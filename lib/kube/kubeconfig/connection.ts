/** How to trust the server and, by certificate, how to be trusted. PEM texts. */
export interface TlsMaterial {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  /** The name that the server's certificate must have, if not the one in the URL. */
  readonly serverName?: string;
  /** Take any certificate. @default false */
  readonly insecure?: boolean;
}

/** How to reach an API server, and as whom. */
export interface Connection {
  /** `https://host:port`, perhaps with a path under which the API is served; no slash at the end. */
  readonly server: string;
  readonly tls: TlsMaterial;
  /** Sent with every request: Authorization, Impersonate-User and the like. */
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  /** `http://proxy:port` through which the server is reached. */
  readonly proxyUrl?: string;
}

/** Gives connections whose credentials are valid now. */
export interface ConnectionSource {
  /** What namespace is meant where none is named. */
  readonly namespace: string;
  /** The same object again as long as nothing has changed. */
  get(): Promise<Connection>;
  /**
   * This connection did not serve: its credentials were refused, or no server that can be trusted is there. `get` reads everything
   * anew; a credential plugin is asked again only for new credentials.
   */
  invalidate(connection: Connection, reason: 'credentials' | 'server'): void;
}
