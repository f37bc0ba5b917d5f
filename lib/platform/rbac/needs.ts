/** What rights depend on. */
export interface RbacNeeds {
  /** Whether events are served. */
  readonly eventing: boolean;
  /** Senders of events prove who they are (feature `authentication-oidc`). */
  readonly oidc: boolean;
  /** Tags are resolved with the pull secrets of their pods. */
  readonly pullSecrets: boolean;
  /** Roles are in processes of their own, which prove to each other who they are. @default false */
  readonly apart?: boolean;
  /** Namespaces of the certificates with which HTTPS is served. @default none: it is not served */
  readonly certificates?: readonly string[] | 'all';
  /** Policies tell Jobs of SinkBindings their sinks. @default false */
  readonly mutatingPolicies?: boolean;
  /** A webhook does. @default false */
  readonly webhook?: boolean;
}
