import type { EndpointSubset } from '../../api';
import type { Answerer } from '../engine/answers';
import type { Ask } from '../reconciler';

/** The topic under which plans ask where the gateways are. */
export const GATEWAYS_TOPIC = 'gateways';

/** The one question of the topic; the answer is a list of EndpointSubset with ports named `http`, `http2`, `https`. */
export const gatewaysQuestion: Ask = { topic: GATEWAYS_TOPIC, key: 'all', input: null };

/** Tells plans where the gateways are: on a laptop the one on loopback, on a cluster the endpoints of the gateway Service. */
export class GatewayAddresses implements Answerer {
  readonly topic = GATEWAYS_TOPIC;
  readonly #asked = new Map<string, (key: string, value: unknown) => void>();
  #subsets: readonly EndpointSubset[] | undefined;

  /** @param subsets where they are, if that is known already; ports are named `http`, `http2`, `https` */
  constructor(subsets?: readonly EndpointSubset[]) {
    this.#subsets = subsets;
  }

  /** The gateways have moved. */
  set(subsets: readonly EndpointSubset[]): void {
    this.#subsets = subsets;
    for (const [key, onAnswer] of this.#asked) onAnswer(key, subsets);
  }

  ask({ key }: Ask, onAnswer: (key: string, value: unknown) => void): void {
    this.#asked.set(key, onAnswer);
    if (this.#subsets) onAnswer(key, this.#subsets);
  }

  forget(key: string): void {
    this.#asked.delete(key);
  }
}
