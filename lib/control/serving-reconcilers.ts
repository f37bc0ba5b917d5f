import { INSTALLATION, type KubeObject, type ServingConfig } from '../api';
import { configurationReconciler } from './configuration';
import { createDomainMappingReconciler } from './domainmapping';
import { gcReconciler } from './gc';
import { ingressReconciler } from './ingress';
import { labelerReconciler } from './labeler';
import type { Reconciler } from './reconciler';
import { type RevisionOptions, revisionReconciler } from './revision';
import { createRouteReconciler } from './route';
import { serviceReconciler } from './service';

/** Where the gateway is inside the cluster unless the installation says otherwise. */
export const GATEWAY_HOST = serviceHost(INSTALLATION.gateway);
/** Where it is for requests from outside. */
const INGRESS_HOST = serviceHost(INSTALLATION.ingress);

function serviceHost(name: string): string {
  return `${name}.${INSTALLATION.servingNamespace}.svc.cluster.local`;
}

export interface ServingOptions extends RevisionOptions {
  /** Host of the gateway's Service inside the cluster. @default knc-gateway.knative-serving.svc.cluster.local */
  readonly gatewayHost?: string;
  /** Whether there are objects of Eventing, to which a DomainMapping may lead. @default true */
  readonly eventing?: boolean;
}

/** The reconcilers of Knative Serving but for scaling, for an installation that differs from the usual one. */
export function createServingReconcilers(options: ServingOptions = {}): readonly Reconciler<KubeObject, ServingConfig>[] {
  const { gatewayHost = GATEWAY_HOST, eventing = true } = options;
  return [
    serviceReconciler,
    configurationReconciler,
    revisionReconciler(options),
    createRouteReconciler({ gatewayHost }),
    createDomainMappingReconciler({ eventing }),
    labelerReconciler,
    gcReconciler,
    ingressReconciler({ external: INGRESS_HOST, internal: options.gatewayHost ?? GATEWAY_HOST }),
  ];
}

/** The reconcilers of Knative Serving but for scaling. */
export const servingReconcilers = createServingReconcilers();

/** How long a container on a cluster goes on after its pod has been told to end, in seconds: gateways hear of it meanwhile. */
const PRE_STOP_SLEEP_SECONDS = 5;

const ON_CLUSTER = { preStopSleepSeconds: PRE_STOP_SLEEP_SECONDS, queueSidecar: 'required' } as const;

/** The same for a cluster, whose kubelets do not ask the gateway before they end a pod. */
export const clusterServingReconcilers = createServingReconcilers(ON_CLUSTER);

/** The same for a cluster without Eventing. */
export const servingAloneReconcilers = createServingReconcilers({ ...ON_CLUSTER, eventing: false });
