import type { Ingress, PodAutoscaler } from '../../api';
import { IngressType, labels } from '../../api';
import {
  type Answerer,
  type Ask,
  type DeciderSpec,
  GATEWAY_TOPIC,
  type GatewayAnswer,
  type GatewayQuestion,
  SCALE_TOPIC,
  type ScaleAnswer,
  TOKEN_SECRET_TOPIC,
  type TokenSecretAnswer,
  type TokenSecretQuestion,
} from '../../control';
import type { Cluster } from '../../kube';

/** Gateways that serve every Ingress the moment they are asked. */
export class AssumedGateways implements Answerer {
  readonly topic = GATEWAY_TOPIC;

  constructor(private readonly cluster: Cluster) {}

  ask(ask: Ask, onAnswer: (key: string, value: unknown) => void): void {
    const { namespace, name } = ask.input as GatewayQuestion;
    // It need not be asked again for a later generation.
    const answer: GatewayAnswer = { generation: Number.MAX_SAFE_INTEGER };
    void this.cluster.get<Ingress>(IngressType, namespace, name).then((ingress) => ingress && onAnswer(ask.key, answer));
  }

  forget(): void {}
}

/** Secrets with tokens are taken to be as they should: nobody mounts them, and each token is another. */
export const assumedTokens: Answerer = {
  topic: TOKEN_SECRET_TOPIC,
  ask({ key, input }, onAnswer) {
    const answer: TokenSecretAnswer = { present: (input as TokenSecretQuestion).token !== undefined };
    onAnswer(key, answer);
  },
  forget() {},
};

interface Present {
  readonly desired: number;
  /** No route leads to it now. */
  readonly unreachable: boolean;
  readonly service: string;
}

/**
 * An autoscaler whose load never changes: what has a scale keeps it, what is new gets its initial scale, what no route leads to any
 * more goes to zero, and what gets the traffic of a service that is busy is woken.
 */
export class AssumedScales implements Answerer {
  readonly topic = SCALE_TOPIC;
  readonly #present = new Map<string, Present>();
  /** Services that have pods now. */
  readonly #busy = new Set<string>();

  constructor(autoscalers: readonly PodAutoscaler[]) {
    for (const { metadata, spec, status } of autoscalers) {
      const desired = status?.desiredScale ?? -1;
      if (desired < 0) continue;
      const service = `${metadata.namespace}/${metadata.labels?.[labels.service] ?? metadata.name}`;
      this.#present.set(`${metadata.namespace}/${metadata.name}`, {
        ...{ desired, service },
        unreachable: spec.reachability === 'Unreachable',
      });
      if (desired > 0) this.#busy.add(service);
    }
  }

  ask(ask: Ask, onAnswer: (key: string, value: unknown) => void): void {
    const spec = ask.input as DeciderSpec;
    const desired = spec.reachable ? this.#desired(ask.key, spec) : 0;
    const spare = desired * spec.total - spec.targetBurstCapacity;
    const answer: ScaleAnswer = { desired, excessBurstCapacity: spec.targetBurstCapacity === -1 ? -1 : Math.trunc(spare) };
    onAnswer(ask.key, answer);
  }

  forget(): void {}

  #desired(key: string, { initialScale, activationScale }: DeciderSpec): number {
    const present = this.#present.get(key);
    if (!present) return initialScale;
    const woken = present.desired === 0 && present.unreachable && this.#busy.has(present.service);
    return woken ? Math.max(1, activationScale) : present.desired;
  }
}
