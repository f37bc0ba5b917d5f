import {
  ConditionSet,
  type Conditions,
  DeploymentType,
  type EndpointSubset,
  EndpointsType,
  K8sServiceType,
  type KubeObject,
  type ResourceType,
  type ServerlessService,
  ServerlessServiceType,
  type ServingConfig,
  type Stored,
} from '../../api';
import { isControlledBy } from '../metadata';
import type { Apply, Observed, Plan, Read, Reconciler } from '../reconciler';
import { beginConditions, finishStatus } from '../status';
import { privateService, privateServiceName, publicEndpoints, publicService } from './children';
import { gatewaysQuestion } from './gateway-addresses';
import { gatewaySubsets } from './gateway-subsets';
import { portName } from './ports';

const serverlessServiceConditions = new ConditionSet('Ready', ['EndpointsPopulated']);

const notReady = (conditions: Conditions, reason: string): Conditions =>
  conditions.markUnknown('EndpointsPopulated', reason, 'K8s Service is not ready');

function plan(sks: Stored<ServerlessService>, observed: Observed, _config: ServingConfig, now: number): Plan {
  const { namespace, name } = sks.metadata;
  const begun = beginConditions(sks, serverlessServiceConditions, now);
  const asks = [gatewaysQuestion];
  const target = observed.get(DeploymentType, namespace, sks.spec.objectRef.name ?? '');
  // Without the Deployment nobody knows which pods are meant; the plan is made again when it appears.
  if (!target) return { asks, status: finishStatus(sks, begun, namesOf(sks)) };
  const foreign = foreignChild(sks, observed);
  if (foreign) {
    const message = `Resource ${foreign.metadata.name} of type ${foreign.kind} is not owned by SKS`;
    return { asks, status: finishStatus(sks, begun.markFalse('EndpointsPopulated', 'NotOwned', message), namesOf(sks)) };
  }
  const pods = observed.get(EndpointsType, namespace, privateServiceName(sks));
  const gateways = observed.answer(gatewaysQuestion.topic, gatewaysQuestion.key) as readonly EndpointSubset[] | undefined;
  const apply: Apply[] = [
    {
      type: K8sServiceType,
      object: privateService(sks, target, observed.get(K8sServiceType, namespace, privateServiceName(sks))),
    },
    // Not while its port is not known: it would be written twice, and again whenever controllers begin anew or no gateway is there.
    ...(gateways?.length ? [{ type: K8sServiceType, object: publicService(sks, gateways) }] : []),
  ];
  // Upstream points the public endpoints at pods in mode Serve and at activators in mode Proxy; here they are always
  // gateways, which never leave the path. The mode is computed and shown all the same.
  if (gateways) {
    const ports = [portName(sks.spec.protocolType), 'https'];
    const subsets = gatewaySubsets(gateways, name, sks.spec.numActivators ?? 0, ports);
    apply.push({ type: EndpointsType, object: publicEndpoints(sks, subsets) });
  }
  // What gateways alone answer for waits for no Endpoints of pods: Kubernetes makes them at a rate of its own, 20 a second for all.
  const known = pods || (sks.spec.mode === 'Proxy' && gateways?.length);
  const conditions = known ? markEndpoints(begun, sks, pods?.subsets ?? []) : notReady(begun, 'CreatingPublicService');
  const fields = { serviceName: name, privateServiceName: privateServiceName(sks) };
  return { apply, asks, status: finishStatus(sks, conditions, fields) };
}

function namesOf({ status }: ServerlessService) {
  const { serviceName, privateServiceName: privateName } = status ?? {};
  return { ...(serviceName ? { serviceName } : {}), ...(privateName ? { privateServiceName: privateName } : {}) };
}

/** The first child that exists and belongs to somebody else. */
function foreignChild(sks: Stored<ServerlessService>, observed: Observed): KubeObject | undefined {
  const { namespace, name } = sks.metadata;
  const children: readonly [ResourceType, string][] = [
    [K8sServiceType, privateServiceName(sks)],
    [K8sServiceType, name],
    [EndpointsType, name],
  ];
  return children
    .map(([type, child]) => observed.get(type, namespace, child))
    .find((child) => child !== undefined && !isControlledBy(child, sks));
}

function markEndpoints(before: Conditions, sks: ServerlessService, subsets: readonly EndpointSubset[]): Conditions {
  const backed = subsets.some(({ addresses = [] }) => addresses.length > 0);
  const conditions = backed ? before.markTrue('EndpointsPopulated') : notReady(before, 'NoHealthyBackends');
  const proxied = !backed || sks.spec.mode === 'Proxy';
  const status = proxied ? 'True' : 'False';
  return conditions.mark('ActivatorEndpointsPopulated', status, 'ActivatorEndpointsPopulated', 'Revision is backed by Activator');
}

/** Keeps the Services of a revision: one that always answers, one with its pods alone. */
export const serverlessServiceReconciler: Reconciler<ServerlessService, ServingConfig> = {
  name: 'serverlessservice-controller',
  type: ServerlessServiceType,
  awaited: true,
  watches: [K8sServiceType, EndpointsType, DeploymentType],
  reads(sks): readonly Read[] {
    const { namespace, name } = sks.metadata;
    return [
      { type: DeploymentType, namespace, name: sks.spec.objectRef.name ?? '' },
      { type: K8sServiceType, namespace, name: privateServiceName(sks) },
      { type: K8sServiceType, namespace, name },
      { type: EndpointsType, namespace, name: privateServiceName(sks) },
      { type: EndpointsType, namespace, name },
    ];
  },
  plan,
};
