import {
  ACCESS_TOPIC,
  type AccessAnswer,
  type Answerer,
  type Ask,
  DIGEST_TOPIC,
  type DigestAnswer,
  type DigestQuestion,
  GATEWAY_TOPIC,
  type GatewayAnswer,
  JOB_ADMISSION_TOPIC,
  type JobAdmissionAnswer,
} from '../control';
import type { Gateway } from '../gateway';

/** No registry is asked on a laptop: what an image name means here is decided when the pod starts, so every tag stays. */
export const keepTags: Answerer = {
  topic: DIGEST_TOPIC,
  ask(ask: Ask, onAnswer) {
    const { images } = ask.input as DigestQuestion;
    const answer: DigestAnswer = Object.fromEntries(images.map((image) => [image, { image }]));
    onAnswer(ask.key, answer);
  },
  forget() {},
};

/** Answers what the gateway of this process serves of each Ingress. */
export class GatewayAnswers implements Answerer {
  readonly topic = GATEWAY_TOPIC;
  readonly #asked = new Map<string, (key: string, value: unknown) => void>();

  constructor(private readonly gateway: Gateway) {
    gateway.onProgrammed((namespace, name) => this.#tell(`${namespace}/${name}`));
  }

  ask({ key }: Ask, onAnswer: (key: string, value: unknown) => void): void {
    this.#asked.set(key, onAnswer);
    this.#tell(key);
  }

  forget(key: string): void {
    this.#asked.delete(key);
  }

  #tell(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const programmed = this.gateway.programmed(namespace, name);
    if (!programmed) return;
    const { generation, hash, tls } = programmed;
    const answer: GatewayAnswer = { generation, hash, ...(tls ? { tls } : {}) };
    this.#asked.get(key)?.(key, answer);
  }
}

/** Rights are not checked on a laptop: whoever reaches the API server may do everything. */
export const openAccess: Answerer = {
  topic: ACCESS_TOPIC,
  ask(ask: Ask, onAnswer) {
    const answer: AccessAnswer = { missing: [], enforced: false };
    onAnswer(ask.key, answer);
  },
  forget() {},
};

/** Jobs are told by the API server of this process (`binding-admission.ts`). */
export const toldJobs: Answerer = {
  topic: JOB_ADMISSION_TOPIC,
  ask(ask: Ask, onAnswer) {
    const answer: JobAdmissionAnswer = { by: 'server' };
    onAnswer(ask.key, answer);
  },
  forget() {},
};
