import { INSTALLATION, type Secret, SecretType, type Stored } from '../../api';
import { type Clock, type Executor, errorMessage, type Log, type Timer } from '../../base';
import { type Cluster, ClusterError, Informer } from '../../kube';
import type { CertificateOrder } from './certificate-maker';
import {
  type CertificatePair,
  type Certificates,
  certificateStep,
  type IssuedCertificate,
  madeOf,
  readCertificates,
  renewedWith,
  SKEW_MS,
  secretData,
  usedOf,
  VALID_MS,
} from './certificates';
import { type MutatingWebhookConfiguration, MutatingWebhookConfigurationType } from './webhook-configuration';

const SECRET = INSTALLATION.webhookCertificates;
const CONFIGURATION = INSTALLATION.webhook;
/** What could not be read or written is tried again after so long, in milliseconds. */
const RETRY_MS = 5000;

export interface WebhookCertificatesOptions {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly executor: Executor;
  readonly log: Log;
  /** Namespace of the Secret and of the Service by which API servers reach the webhook. */
  readonly namespace: string;
  /** Makes a certificate. @default one of an authority of its own */
  readonly make?: (order: CertificateOrder) => Promise<IssuedCertificate>;
  /** What to prove with from now on who this is. */
  readonly onPair: (pair: CertificatePair) => void;
  /** Told after each look whether all is in place; else what is wrong. */
  readonly onState?: (problem: string | undefined) => void;
}

const makeCertificate = async (order: CertificateOrder): Promise<IssuedCertificate> =>
  (await import('./certificate-maker')).makeCertificate(order);

/**
 * Keeps the certificates of the webhook in a Secret that all of its pods share, and their authorities in the
 * MutatingWebhookConfiguration, by which API servers trust them. Renewed a month before the end: both authorities are trusted before
 * the new certificate is used. Whoever empties the Secret has a new one made at once, and the old one trusted no more.
 */
export class WebhookCertificates {
  readonly #informers: readonly Pick<Informer<Secret>, 'start' | 'stop'>[];
  #used: CertificatePair | undefined;
  #next: Timer | undefined;
  #looking = false;
  #again = false;
  #stopped = false;

  constructor(private readonly options: WebhookCertificatesOptions) {
    const { cluster, clock, log, namespace } = options;
    const named = (name: string) => ({ fieldSelector: `metadata.name=${name}` });
    const secret = new Informer(cluster, SecretType, clock, log, { namespace, ...named(SECRET) });
    const configuration = new Informer(cluster, MutatingWebhookConfigurationType, clock, log, named(CONFIGURATION));
    secret.onChange(() => this.#look());
    configuration.onChange(() => this.#look());
    this.#informers = [secret, configuration];
  }

  /** Resolves once the Secret and the configuration are followed; `onState` tells when all is in place. */
  async start(): Promise<void> {
    await Promise.all(this.#informers.map((informer) => informer.start()));
    this.#look();
  }

  stop(): void {
    this.#stopped = true;
    this.#next?.cancel();
    for (const informer of this.#informers) informer.stop();
  }

  /** Looks, and once more if it is asked to meanwhile: one write after the other. */
  #look(): void {
    if (this.#looking || this.#stopped) {
      this.#again = true;
      return;
    }
    this.#looking = true;
    this.#again = false;
    this.#next?.cancel();
    this.options.executor.run('certificates of the webhook', async () => {
      const wait = await this.#once();
      this.#looking = false;
      if (this.#stopped) return;
      if (this.#again) this.#look();
      else this.#next = this.options.clock.after(wait, () => this.#look());
    });
  }

  /** Returns when to look again, in milliseconds from now. */
  async #once(): Promise<number> {
    const { clock, log, onState } = this.options;
    try {
      const until = await this.#step();
      onState?.(undefined);
      return Math.max(0, until - clock.now());
    } catch (error) {
      // Another pod was faster: what it wrote is heard of, or read then.
      const raced = ClusterError.is(error, 'Conflict');
      if (!raced) log.warn('the webhook is not as it should be', { error: errorMessage(error), retryInMs: RETRY_MS });
      onState?.(errorMessage(error));
      return raced ? 0 : RETRY_MS;
    }
  }

  /** Returns until when all is well. */
  async #step(): Promise<number> {
    const { cluster, clock, namespace, log } = this.options;
    const secret = await cluster.get(SecretType, namespace, SECRET);
    if (!secret) throw missing('Secret', SECRET);
    const found = readCertificates(secret.data, this.#names[0]!, clock.now());
    const step = certificateStep(found, clock.now());
    if (step.kind === 'keep' && found) {
      await this.#trust(found);
      this.#use(usedOf(found, clock.now()));
      return step.until;
    }
    const next = step.kind === 'take' ? step.certificates : await this.#renewed(found);
    await cluster.update(SecretType, withData(secret, next));
    log.info('certificates of the webhook', { step: step.kind });
    return clock.now();
  }

  async #renewed(found: Certificates | undefined): Promise<Certificates> {
    const { clock, make = makeCertificate } = this.options;
    const now = clock.now();
    const issued = await make({ names: this.#names, from: now - SKEW_MS, until: now + VALID_MS });
    return found ? renewedWith(found, issued, now) : madeOf(issued);
  }

  /** API servers know whom to trust before what they are to trust is used. */
  async #trust({ bundle }: Certificates): Promise<void> {
    const { cluster } = this.options;
    const configuration = await cluster.get(MutatingWebhookConfigurationType, undefined, CONFIGURATION);
    if (!configuration) throw missing('MutatingWebhookConfiguration', CONFIGURATION);
    const caBundle = Buffer.from(bundle).toString('base64');
    const { webhooks = [] } = configuration;
    if (webhooks.every(({ clientConfig }) => clientConfig?.caBundle === caBundle)) return;
    const trusted: MutatingWebhookConfiguration = {
      ...configuration,
      webhooks: webhooks.map((one) => ({ ...one, clientConfig: { ...one.clientConfig, caBundle } })),
    };
    await cluster.update(MutatingWebhookConfigurationType, trusted);
  }

  #use(pair: CertificatePair): void {
    if (pair.certificate === this.#used?.certificate) return;
    this.#used = pair;
    this.options.onPair(pair);
  }

  /** As API servers name it first. */
  get #names(): readonly string[] {
    const service = `${INSTALLATION.webhook}.${this.options.namespace}.svc`;
    return [service, `${service}.cluster.local`];
  }
}

const withData = (secret: Stored<Secret>, certificates: Certificates): Stored<Secret> => ({
  ...secret,
  data: secretData(certificates),
});

const missing = (kind: string, name: string): Error =>
  new Error(`${kind} ${name} is not there: apply the objects of the platform once more`);
