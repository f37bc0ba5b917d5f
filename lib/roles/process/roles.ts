import { LINK_TOKEN_FOLDER, RUNTIME_PORTS } from '../../api';
import type { Clock, Executor, Log, Metrics, Random } from '../../base';
import type { OuterIngressPods } from '../../gateway';
import type { Cluster, ServiceAccounts } from '../../kube';
import type { Store } from '../../local/store/store';
import type { ClusterAnswersOptions } from '../cluster-answers';
import type { Readiness } from '../health';
import { linkTokenOf } from '../link';
import {
  ControllerSystem,
  EventingSystem,
  GatewaySystem,
  type PartOptions,
  type RuntimePorts,
  RuntimeSystem,
  SourceSystem,
} from '../runtime';
import { WebhookBeside, WebhookSystem } from '../webhook';
import type { PodIdentity } from './pod-identity';
import type { RoleName } from './role-names';

/** What a role has of its process. */
export interface RoleContext {
  readonly cluster: Cluster;
  /** By whose tokens senders prove themselves, and as whom sources look at the cluster. */
  readonly accounts: ServiceAccounts;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly random: Random;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly ports: RuntimePorts & { readonly link: number };
  readonly pod: PodIdentity;
  /** Whether events are served. */
  readonly eventing: boolean;
  /** Pods of an ingress in front of the platform. @default none */
  readonly outerIngress?: readonly OuterIngressPods[];
  /** Ranges of addresses of proxies that requests from outside come through. @default none */
  readonly trustedProxies?: readonly string[];
  /** Where events are kept. @default in memory */
  readonly store?: Store;
  /** Addresses to which no event may be sent. */
  readonly deniedSinks: readonly string[];
  /** How registries are reached. @default by public certificates */
  readonly registries?: ClusterAnswersOptions['registries'];
  readonly readiness: Readiness;
}

export interface Role {
  /** Whether it keeps events, and so has use for a folder. */
  readonly keepsEvents: boolean;
  /** Resolves once it does its work. Rejects with a ClusterError if trying again may help. */
  start(context: RoleContext): Promise<RunningRole>;
}

export interface RunningRole {
  /** Lets what is under way end, within half a minute. */
  stop(): Promise<void>;
}

const linkToken = linkTokenOf(`${LINK_TOKEN_FOLDER}/token`);

/** What every part has of its process, with where it is dialled. */
const linked = ({
  pod,
  ports,
  ...context
}: RoleContext): PartOptions & Omit<RoleContext, 'pod'> & { readonly linkPort: number } => ({
  ...context,
  ...{ ports, identity: pod.name, linkPort: ports.link },
});

/** What each `--role` starts that is of a cluster; `queue` is not. */
export const roles: Readonly<Record<Exclude<RoleName, 'queue'>, Role>> = {
  all: {
    keepsEvents: true,
    start: async ({ pod, ...context }) => {
      const runtime = await RuntimeSystem.start({ ...context, podIp: pod.ip, identity: pod.name, namespace: pod.namespace });
      const { webhook: port } = context.ports;
      if (port === undefined) return runtime;
      const webhook = new WebhookBeside({ ...context, port, namespace: pod.namespace });
      return { stop: async () => void (await Promise.all([runtime.stop(), webhook.stop()])) };
    },
  },
  controller: {
    keepsEvents: false,
    start: (context) => ControllerSystem.start({ ...linked(context), linkToken, namespace: context.pod.namespace }),
  },
  gateway: { keepsEvents: false, start: (context) => GatewaySystem.start({ ...linked(context), linkToken }) },
  eventing: { keepsEvents: true, start: (context) => EventingSystem.start(linked(context)) },
  source: { keepsEvents: false, start: (context) => SourceSystem.start(linked(context)) },
  webhook: {
    keepsEvents: false,
    start: ({ pod, ports, ...context }) =>
      WebhookSystem.start({ ...context, port: ports.webhook ?? RUNTIME_PORTS.webhook, namespace: pod.namespace }),
  },
};
