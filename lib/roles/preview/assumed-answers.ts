import type { Ingress, PodAutoscaler } from '../../api';
import { IngressType } from '../../api';
import {
  type Answerer,
  type Ask,
  type DeciderSpec,
  GATEWAY_TOPIC,
  type GatewayAnswer,
  type GatewayQuestion,
  SCALE_TOPIC,
  type ScaleAnswer,
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

/**
 * An autoscaler whose load never changes: what has a scale keeps it, what is new gets its initial scale, and what no route leads to
 * any more goes to zero.
 */
export class AssumedScales implements Answerer {
  readonly topic = SCALE_TOPIC;
  readonly #present: ReadonlyMap<string, number>;

  constructor(autoscalers: readonly PodAutoscaler[]) {
    this.#present = new Map(
      autoscalers.flatMap(({ metadata, status }) =>
        status?.desiredScale !== undefined && status.desiredScale >= 0
          ? [[`${metadata.namespace}/${metadata.name}`, status.desiredScale] as const]
          : [],
      ),
    );
  }

  ask(ask: Ask, onAnswer: (key: string, value: unknown) => void): void {
    const spec = ask.input as DeciderSpec;
    const desired = spec.reachable ? (this.#present.get(ask.key) ?? spec.initialScale) : 0;
    const spare = desired * spec.total - spec.targetBurstCapacity;
    const answer: ScaleAnswer = { desired, excessBurstCapacity: spec.targetBurstCapacity === -1 ? -1 : Math.trunc(spare) };
    onAnswer(ask.key, answer);
  }

  forget(): void {}
}
