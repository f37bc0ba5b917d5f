import type { ClusterDomainClaim, DomainMapping, Route, Service } from '../../lib/api';

export type { ClusterDomainClaim, DomainMapping, Route, Service };

/** An object that a construct is made for. */
export type ModelObject = Service | Route | DomainMapping;

/** `spec.template` of a Service: what each of its revisions is made from. */
export type ApiTemplate = Service['spec']['template'];
/** `spec.template.spec` of a Service. */
export type ApiRevisionSpec = ApiTemplate['spec'];
/** One container of a revision. */
export type ApiContainer = ApiRevisionSpec['containers'][number];
/** One volume of a revision. */
export type ApiVolume = NonNullable<ApiRevisionSpec['volumes']>[number];
/** Where a container sees a volume. */
export type ApiVolumeMount = NonNullable<ApiContainer['volumeMounts']>[number];
/** One environment variable. */
export type ApiEnvVar = NonNullable<ApiContainer['env']>[number];
/** A source of many environment variables. */
export type ApiEnvFromSource = NonNullable<ApiContainer['envFrom']>[number];
/** A health check. */
export type ApiProbe = NonNullable<ApiContainer['readinessProbe']>;
/** Privileges of a container. */
export type ApiSecurityContext = NonNullable<ApiContainer['securityContext']>;
/** One entry of `spec.traffic` of a Service or Route. */
export type ApiTrafficTarget = NonNullable<Route['spec']['traffic']>[number];
