import { type KubeObject, resourceType } from '../../api';
import { type Clock, type Executor, errorMessage, jsonEqual, type Log, type Timer } from '../../base';
import { ACCESS_TOPIC, type AccessAnswer, type AccessQuestion, type Answerer, type Ask } from '../../control';
import type { Cluster } from '../../kube';
import { BriefMemory } from './brief-memory';

/** What an API server is asked about somebody's rights. */
interface SubjectAccessReview extends KubeObject {
  readonly spec: {
    readonly user: string;
    readonly groups: readonly string[];
    readonly resourceAttributes: {
      readonly namespace?: string;
      readonly verb: string;
      readonly group: string;
      readonly resource: string;
    };
  };
  readonly status?: { readonly allowed: boolean };
}

const SubjectAccessReviewType = resourceType<SubjectAccessReview>(
  'authorization.k8s.io/v1',
  'SubjectAccessReview',
  'subjectaccessreviews',
  { namespaced: false, statusSubresource: false },
);

export interface AccessAnswersOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
}

/** How long an answer about one right holds for others who ask, in milliseconds. */
const KEPT_MS = 5000;
/** Rights that are missing may be granted soon; those that are there are seldom taken away. */
const MISSING_MS = 10_000;
const GRANTED_MS = 600_000;

type Right = Readonly<Record<'user' | 'verb' | 'group' | 'resource' | 'namespace', string>>;

interface Asked {
  readonly question: AccessQuestion;
  readonly tell: (answer: AccessAnswer) => void;
  answer: AccessAnswer | undefined;
  next: Timer | undefined;
}

/** Answers what users may not do, by SubjectAccessReviews (topic `access`), and again as rights are granted and taken away. */
export class AccessAnswers implements Answerer {
  readonly topic = ACCESS_TOPIC;
  readonly #asked = new Map<string, Asked>();
  readonly #rights: BriefMemory<boolean>;

  constructor(private readonly options: AccessAnswersOptions) {
    this.#rights = new BriefMemory(options.clock, KEPT_MS);
  }

  ask({ key, input }: Ask, onAnswer: (key: string, value: unknown) => void): void {
    this.forget(key);
    const tell = (answer: AccessAnswer) => onAnswer(key, answer);
    const asked: Asked = { question: input as AccessQuestion, tell, answer: undefined, next: undefined };
    this.#asked.set(key, asked);
    this.#begin(key, asked);
  }

  forget(key: string): void {
    this.#asked.get(key)?.next?.cancel();
    this.#asked.delete(key);
  }

  stop(): void {
    for (const key of [...this.#asked.keys()]) this.forget(key);
  }

  #begin(key: string, asked: Asked): void {
    const { clock, executor, log } = this.options;
    executor.run(`rights of ${asked.question.user}`, async () => {
      const answer = await this.#answer(asked.question).catch((error: unknown) => {
        log.warn('rights could not be reviewed', { user: asked.question.user, error: errorMessage(error) });
        return asked.answer;
      });
      if (this.#asked.get(key) !== asked) return;
      const settled = answer?.missing.length === 0;
      asked.next = clock.after(settled ? GRANTED_MS : MISSING_MS, () => this.#begin(key, asked));
      if (!answer || jsonEqual(answer, asked.answer)) return;
      asked.answer = answer;
      asked.tell(answer);
    });
  }

  async #answer({ user, verbs, resources, namespaces, doubted = false }: AccessQuestion): Promise<AccessAnswer> {
    const missing: string[] = [];
    for (const { group, resource } of resources) {
      for (const namespace of namespaces) {
        const may = await Promise.all(verbs.map((verb) => this.#may({ user, verb, group, resource, namespace }, doubted)));
        const lacking = verbs.filter((_, i) => !may[i]);
        const where = `resource "${resource}" in API group "${group}" in Namespace "${namespace}"`;
        if (lacking.length > 0) missing.push(`${lacking.join(', ')} ${where}`);
      }
    }
    return { missing, enforced: true };
  }

  /** @param doubted what is remembered counts only if it was doubted then, too */
  #may({ user, verb, group, resource, namespace }: Right, doubted: boolean): Promise<boolean> {
    return this.#rights.get(JSON.stringify([user, verb, group, resource, namespace, doubted]), async () => {
      const review: SubjectAccessReview = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SubjectAccessReview',
        metadata: {},
        spec: { user, groups: groupsOf(user), resourceAttributes: { namespace, verb, group, resource } },
      };
      const { status } = await this.options.cluster.create(SubjectAccessReviewType, review);
      return status?.allowed === true;
    });
  }
}

/** Groups that a service account is in whenever it asks itself: rights may be granted to them as well. */
function groupsOf(user: string): string[] {
  const [, namespace] = /^system:serviceaccount:([^:]+):[^:]+$/.exec(user) ?? [];
  const accounts = namespace === undefined ? [] : ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
  return [...accounts, 'system:authenticated'];
}
