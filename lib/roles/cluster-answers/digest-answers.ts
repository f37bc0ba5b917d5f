import { type Clock, type Executor, errorMessage, type Log, type Timer } from '../../base';
import { type Answerer, type Ask, DIGEST_TOPIC, type Digest, type DigestAnswer, type DigestQuestion } from '../../control';
import type { Cluster } from '../../kube';
import {
  byDigest,
  type Credential,
  fingerprint,
  type PullCredentials,
  type RegistryClient,
  RegistryError,
  readPullCredentials,
  type TaggedImage,
  taggedImage,
} from '../../registry';
import { BriefMemory } from './brief-memory';

export interface DigestAnswersOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  readonly registries: RegistryClient;
}

/** How long what a registry said holds for others: revisions that come together ask once, and a tag that has moved is noticed. */
const KEPT_MS = 1000;
/** How long a registry that could not be reached is not asked again: whoever asks meanwhile does not wait for nothing. */
const UNREACHABLE_MS = 30_000;
/** One more attempt at a registry that is busy is made after so long, unless it says when; not if it says more than the longest. */
const BUSY_MS = 300;
const LONGEST_BUSY_MS = 3000;
/** While somebody waits for an answer that could not be given, it is tried again: after so long, twice as long, up to the longest. */
const FIRST_RETRY_MS = 10_000;
const LONGEST_RETRY_MS = 300_000;
/** What upstream says before the reason. */
const FAILED = 'failed to resolve image to digest';

interface Question {
  readonly question: DigestQuestion;
  readonly answer: (answer: DigestAnswer) => void;
  readonly aborting: AbortController;
  retry: Timer | undefined;
}

/**
 * Answers what the digests of images are, by asking their registries with the credentials of whoever pulls them (topic `digest`). What
 * could not be had is told, and tried again for as long as it is asked for.
 */
export class DigestAnswers implements Answerer {
  readonly topic = DIGEST_TOPIC;
  readonly #asked = new Map<string, Question>();
  readonly #digests: BriefMemory<Digest>;
  readonly #credentials: BriefMemory<PullCredentials>;
  /** Why a registry cannot be reached, by its host. */
  readonly #unreachable = new Map<string, { readonly why: string; readonly until: number }>();

  constructor(private readonly options: DigestAnswersOptions) {
    this.#digests = new BriefMemory(options.clock, KEPT_MS);
    this.#credentials = new BriefMemory(options.clock, KEPT_MS);
  }

  ask({ key, input }: Ask, onAnswer: (key: string, value: unknown) => void): void {
    this.forget(key);
    const answer = (value: DigestAnswer) => onAnswer(key, value);
    const asked: Question = { question: input as DigestQuestion, answer, aborting: new AbortController(), retry: undefined };
    this.#asked.set(key, asked);
    this.#begin(asked, FIRST_RETRY_MS);
  }

  forget(key: string): void {
    const asked = this.#asked.get(key);
    asked?.retry?.cancel();
    asked?.aborting.abort();
    this.#asked.delete(key);
  }

  stop(): void {
    for (const key of [...this.#asked.keys()]) this.forget(key);
  }

  #begin(asked: Question, retryMs: number): void {
    this.options.executor.run(`digests of images in ${asked.question.namespace}`, async () => {
      const entries = await Promise.all(
        asked.question.images.map(async (image) => [image, await this.#digest(image, asked.question)] as const),
      );
      if (asked.aborting.signal.aborted) return;
      if (entries.some(([, digest]) => 'error' in digest)) {
        const next = Math.min(retryMs * 2, LONGEST_RETRY_MS);
        asked.retry = this.options.clock.after(retryMs, () => this.#begin(asked, next));
      }
      asked.answer(Object.fromEntries(entries));
    });
  }

  async #digest(image: string, question: DigestQuestion): Promise<Digest> {
    const { namespace, serviceAccountName, imagePullSecrets, timeout } = question;
    try {
      const reference = taggedImage(image);
      const puller = { namespace, serviceAccountName, imagePullSecrets };
      const read = () => readPullCredentials(this.options.cluster, puller);
      const { config, problems } = await this.#credentials.get(JSON.stringify(puller), read);
      const credentials = config.for(reference);
      const known = JSON.stringify([image, credentials.map(fingerprint)]);
      const digest = await this.#digests.get(known, () => this.#resolve(reference, credentials, timeout));
      if ('image' in digest || problems.length === 0) return digest;
      return { error: `${digest.error} (${problems.join('; ')})` };
    } catch (error) {
      return { error: `${FAILED}: ${errorMessage(error)}` };
    }
  }

  async #resolve(reference: TaggedImage, credentials: readonly Credential[], timeout: number): Promise<Digest> {
    const { clock, log } = this.options;
    const { registry, repository, tag } = reference;
    const down = this.#unreachable.get(registry);
    if (down && down.until > clock.now()) return { error: `${FAILED}: ${down.why}` };
    this.#unreachable.delete(registry);
    const late = new AbortController();
    // Not a RegistryError: how long this question took says nothing of the registry to others.
    const tooLate = new Error(`${registry} gave no answer in ${timeout / 1000} s`);
    const timer = clock.after(timeout, () => late.abort(tooLate));
    try {
      const digest = await this.#patiently(
        () => this.options.registries.digest(reference, credentials, late.signal),
        late.signal,
      );
      return { image: byDigest(reference, digest) };
    } catch (error) {
      const why = errorMessage(error);
      if (RegistryError.is(error, 'unreachable')) this.#unreachable.set(registry, { why, until: clock.now() + UNREACHABLE_MS });
      log.info('the digest of an image is not known', { image: `${registry}/${repository}:${tag}`, error: why });
      const hint = RegistryError.is(error, 'denied') && credentials.length === 0 ? '; no pull secret is for it' : '';
      return { error: `${FAILED}: ${why}${hint}` };
    } finally {
      timer.cancel();
    }
  }

  /** Once more, if the registry is busy. */
  async #patiently(work: () => Promise<string>, signal: AbortSignal): Promise<string> {
    try {
      return await work();
    } catch (error) {
      const { retryAfterMs = BUSY_MS } = RegistryError.is(error, 'busy') ? error : {};
      if (!RegistryError.is(error, 'busy') || retryAfterMs > LONGEST_BUSY_MS) throw error;
      await this.options.clock.sleep(retryAfterMs, signal);
      return work();
    }
  }
}
