import { timestamp } from '../base';
import { type Autoscaler, formatExplanation, type ScaleChange } from '../control';
import { scaleReason } from './scale-reasons';

/** One time that the autoscaler wanted another number of pods. */
export interface ScaleRecord {
  /** RFC 3339. */
  readonly at: string;
  /** Undefined for the first decision. */
  readonly from?: number;
  readonly to: number;
  readonly reason: string;
}

/** Why a revision has the number of pods that it has. */
export interface ScaleStory {
  /** What the autoscaler wants; undefined before the first decision. */
  readonly desired?: number;
  /** The numbers of the last decision, one fact to a line; empty before the first. */
  readonly explanation: readonly string[];
  /** The last decisions, newest last. */
  readonly decisions: readonly ScaleRecord[];
}

/** Decisions that are kept for each revision. */
const KEPT = 10;
/** Revisions whose decisions are kept: those that were decided of last. */
const REVISIONS = 1000;

/** What the autoscaler decided lately, for people who ask. Revisions of which nothing was decided take no room. */
export class ScaleJournal {
  readonly #records = new Map<string, ScaleRecord[]>();
  readonly #end: () => void;

  constructor(private readonly autoscaler: Autoscaler) {
    this.#end = autoscaler.onDecision((change) => this.#record(change));
  }

  /** The story of a revision, or undefined if nothing was decided of it in this process. */
  of(namespace: string, revision: string): ScaleStory | undefined {
    const explanation = this.autoscaler.explain(namespace, revision);
    const decisions = this.#records.get(`${namespace}/${revision}`) ?? [];
    if (!explanation) return decisions.length > 0 ? { explanation: [], decisions } : undefined;
    const { desired } = explanation;
    return { explanation: formatExplanation(explanation), decisions, ...(desired === undefined ? {} : { desired }) };
  }

  /** The paths below `/knc/v1/` that tell it: `scale/NAMESPACE/REVISION`. */
  document([product, version, what, namespace, revision, ...more]: readonly string[]): ScaleStory | undefined {
    if (product !== 'knc' || version !== 'v1' || what !== 'scale' || !namespace || !revision || more.length > 0) return undefined;
    return this.of(namespace, revision);
  }

  stop(): void {
    this.#end();
    this.#records.clear();
  }

  #record({ namespace, revision, from, to, explanation }: ScaleChange): void {
    const key = `${namespace}/${revision}`;
    const records = this.#records.get(key) ?? [];
    records.push({
      at: timestamp(explanation.at),
      ...(from === undefined ? {} : { from }),
      to,
      reason: scaleReason(from ?? 0, to, explanation),
    });
    this.#records.delete(key);
    this.#records.set(key, records.slice(-KEPT));
    if (this.#records.size > REVISIONS) this.#records.delete(this.#records.keys().next().value!);
  }
}
