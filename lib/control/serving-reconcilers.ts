import type { KubeObject, ServingConfig } from '../api';
import { configurationReconciler } from './configuration';
import { domainMappingReconciler } from './domainmapping';
import { gcReconciler } from './gc';
import { ingressReconciler } from './ingress';
import { labelerReconciler } from './labeler';
import type { Reconciler } from './reconciler';
import { type RevisionOptions, revisionReconciler } from './revision';
import { routeReconciler } from './route';
import { serviceReconciler } from './service';

/** Where the gateway is inside the cluster unless the installation says otherwise. */
export const GATEWAY_HOST = 'knc-gateway.knative-serving.svc.cluster.local';

export interface ServingOptions extends RevisionOptions {
  /** Host of the gateway's Service inside the cluster. @default knc-gateway.knative-serving.svc.cluster.local */
  readonly gatewayHost?: string;
}

/** The reconcilers of Knative Serving but for scaling, for an installation that differs from the usual one. */
export function createServingReconcilers(options: ServingOptions = {}): readonly Reconciler<KubeObject, ServingConfig>[] {
  return [
    serviceReconciler,
    configurationReconciler,
    revisionReconciler(options),
    routeReconciler,
    domainMappingReconciler,
    labelerReconciler,
    gcReconciler,
    ingressReconciler(options.gatewayHost ?? GATEWAY_HOST),
  ];
}

/** The reconcilers of Knative Serving but for scaling. */
export const servingReconcilers = createServingReconcilers();
