import {
  annotationOf,
  annotations,
  ConditionSet,
  type Conditions,
  conditionOf,
  type Ingress,
  type IngressStatus,
  IngressType,
  keyOf,
  type Stored,
} from '../../api';
import type { Index, Observed, Plan, Read, Reconciler } from '../reconciler';
import { beginConditions, finishStatus } from '../status';

/** The class of Ingresses that the gateway of this package serves. */
export const INGRESS_CLASS = 'knc.ingress.networking.knative.dev';
/** Topic of questions about what the gateways have taken in. */
export const GATEWAY_TOPIC = 'gateway';

/** What whoever answers for the gateways is asked about. */
export interface GatewayQuestion {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** The Ingress as every gateway serves it now. */
export interface GatewayAnswer {
  readonly generation: number;
  /** Digest of the spec that is served, for people who compare gateways. */
  readonly hash?: string;
  /** Set where the gateways serve HTTPS: what keeps this Ingress from it, if anything does. */
  readonly tls?: { readonly problem?: string };
}

/** Conditions of an Ingress (networking.internal.knative.dev/v1alpha1). */
export const ingressConditions = new ConditionSet('Ready', ['NetworkConfigured', 'LoadBalancerReady']);

/** Ingresses of our class by the hosts that they claim, of all namespaces. */
const byHost: Index<Ingress> = {
  name: 'hosts',
  values: (ingress) => (isOurs(ingress) ? hostsOf(ingress) : []),
};

function isOurs(ingress: Ingress): boolean {
  return annotationOf(ingress.metadata.annotations, annotations.ingressClass) === INGRESS_CLASS;
}

function hostsOf(ingress: Ingress): string[] {
  return [...new Set((ingress.spec.rules ?? []).flatMap(({ hosts = [] }) => hosts))];
}

/** The first host that an older Ingress has, with that Ingress; of two made in the same second the first in the alphabet is older. */
function conflict(ingress: Stored<Ingress>, observed: Observed): { host: string; holder: Stored<Ingress> } | undefined {
  const age = (one: Stored<Ingress>): string => `${one.metadata.creationTimestamp} ${keyOf(one)}`;
  for (const host of hostsOf(ingress)) {
    const rivals = observed.find(IngressType, byHost, host).filter(({ metadata }) => !metadata.deletionTimestamp);
    const holder = rivals.reduce((oldest, rival) => (age(rival) < age(oldest) ? rival : oldest), ingress);
    if (holder.metadata.uid !== ingress.metadata.uid) return { host, holder };
  }
  return undefined;
}

/** As it is now, and not as it was before a change. */
function isReady({ metadata, status }: Stored<Ingress>): boolean {
  return status?.observedGeneration === metadata.generation && conditionOf(status?.conditions, 'Ready')?.status === 'True';
}

/** Said of what asks for HTTPS: it is not served as if nothing had been asked. */
function tlsMessage({ spec: { tls = [] } }: Ingress): string {
  const secrets = tls.map(({ secretNamespace, secretName }) => JSON.stringify(`${secretNamespace}/${secretName}`)).join(', ');
  const hosts = [...new Set(tls.flatMap(({ hosts: all = [] }) => all))].join(', ');
  return `TLS is not terminated here: Secret ${secrets} is not used, and ${hosts} is served by plain HTTP alone.`;
}

/** Hosts of the gateways' Services inside the cluster. */
export interface GatewayHosts {
  /** The one that serves what the internet may see. */
  readonly external: string;
  /** The one that serves cluster-local names too. */
  readonly internal: string;
}

function plan(ingress: Stored<Ingress>, observed: Observed, now: number, hosts: GatewayHosts): Plan {
  if (!isOurs(ingress)) return {};
  const { namespace = '', name, uid, generation = 0 } = ingress.metadata;
  const key = `${namespace}/${name}`;
  const question: GatewayQuestion = { namespace, name, uid };
  const answer = observed.answer(GATEWAY_TOPIC, key) as GatewayAnswer | undefined;
  const taken = answer !== undefined && answer.generation >= generation;
  const asks = [{ topic: GATEWAY_TOPIC, key, input: question }];
  // After a restart: not answered yet is not the same as not served.
  if (answer === undefined && isReady(ingress)) return { asks };
  const clash = conflict(ingress, observed);
  let conditions: Conditions = beginConditions(ingress, ingressConditions, now);
  if (clash) {
    const message = `Host ${JSON.stringify(clash.host)} is claimed by the older Ingress ${JSON.stringify(keyOf(clash.holder))}.`;
    conditions = conditions.markFalse('NetworkConfigured', 'HostConflict', message);
  } else if (taken && ingress.spec.tls?.length && !answer.tls)
    conditions = conditions.markFalse('NetworkConfigured', 'TLSNotSupported', tlsMessage(ingress));
  else if (taken && ingress.spec.tls?.length && answer.tls?.problem !== undefined)
    conditions = conditions.markFalse('NetworkConfigured', 'CertificateNotReady', answer.tls.problem);
  else conditions = taken ? conditions.markTrue('NetworkConfigured') : conditions.markUnknown('NetworkConfigured');
  const { publicLoadBalancer, privateLoadBalancer } = ingress.status ?? {};
  let fields: IngressStatus = { publicLoadBalancer, privateLoadBalancer };
  if (taken) {
    const door = (domainInternal: string) => ({ ingress: [{ domainInternal }] });
    conditions = conditions.markTrue('LoadBalancerReady');
    fields = { publicLoadBalancer: door(hosts.external), privateLoadBalancer: door(hosts.internal) };
  } else {
    conditions = conditions.markUnknown('LoadBalancerReady', 'Uninitialized', 'Waiting for load balancer to be ready');
  }
  return {
    asks,
    status: finishStatus(ingress, conditions, fields),
  };
}

/** Says of an Ingress of our class whether the gateways serve it, and where they are inside the cluster. */
export function ingressReconciler(hosts: GatewayHosts): Reconciler<Ingress> {
  return {
    name: 'ingress-controller',
    type: IngressType,
    watches: [],
    reads: (parent): readonly Read[] =>
      isOurs(parent) ? hostsOf(parent).map((value) => ({ type: IngressType, index: byHost, value })) : [],
    plan: (parent, observed, _config, now) => plan(parent, observed, now, hosts),
  };
}
