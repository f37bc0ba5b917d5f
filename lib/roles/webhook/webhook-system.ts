import { INGRESS_CLASS } from '../../control';
import type { Readiness } from '../health';
import { begun, InstallationSettings, type PartOptions } from '../runtime';
import { AdmissionObjects } from './admission-objects';
import { WebhookAdmission } from './webhook-admission';
import { WebhookCertificates } from './webhook-certificates';
import { WebhookServer } from './webhook-server';

/** How long questions under way may take when the process is to end, in milliseconds: nobody waits longer for an answer. */
const GRACE_MS = 5000;

const PARTS = [
  ['settings', 'the ConfigMaps have not been read yet'],
  ['bindings', 'SinkBindings have not been read yet'],
  ['certificate', 'API servers do not know yet by which certificate this pod is known'],
] as const;

export interface WebhookSystemOptions extends Pick<PartOptions, 'cluster' | 'clock' | 'executor' | 'log'> {
  /** Where API servers ask; 0 for any free port. */
  readonly port: number;
  /** @default all addresses */
  readonly host?: string;
  /** Namespace of the platform. */
  readonly namespace: string;
  /** Whether events are served. @default true */
  readonly eventing?: boolean;
  /** Told what is not there yet. */
  readonly readiness?: Pick<Readiness, 'need' | 'meet'>;
}

/** Role `webhook`: what API servers ask before they store an object of Knative's, or a Job, a Deployment or a pod of a Job. */
export class WebhookSystem {
  /** Resolves once it listens; ready is it when API servers trust its certificate. Rejects with a ClusterError if trying again may help. */
  static start(options: WebhookSystemOptions): Promise<WebhookSystem> {
    const system = new WebhookSystem(options);
    return begun(system, () => system.#start());
  }

  readonly #settings: InstallationSettings;
  readonly #objects: AdmissionObjects;
  readonly #server: WebhookServer;
  readonly #certificates: WebhookCertificates;
  #port = 0;

  private constructor(private readonly options: WebhookSystemOptions) {
    const { cluster, clock, log, readiness, eventing = true } = options;
    const settings = new InstallationSettings({ cluster, clock, log, eventing, ingressClass: INGRESS_CLASS });
    this.#settings = settings;
    this.#objects = new AdmissionObjects(options);
    const admission = new WebhookAdmission({ objects: this.#objects, settings: { at: () => settings.current } });
    const server = new WebhookServer({ ...options, answer: (request) => admission.answer(request) });
    this.#server = server;
    this.#certificates = new WebhookCertificates({
      ...options,
      onPair: (pair) => server.use(pair),
      // What was in place once and is no more takes nothing from those that still ask.
      onState: (problem) => (problem === undefined ? readiness?.meet('certificate') : undefined),
    });
  }

  /** Where it listens. */
  get port(): number {
    return this.#port;
  }

  async stop(): Promise<void> {
    this.#certificates.stop();
    await this.#server.close(GRACE_MS);
    this.#objects.stop();
    this.#settings.stop();
  }

  async #start(): Promise<void> {
    const { readiness, eventing = true } = this.options;
    for (const [name, why] of PARTS) readiness?.need(name, why);
    await this.#settings.start();
    readiness?.meet('settings');
    if (eventing) await this.#objects.start();
    readiness?.meet('bindings');
    this.#port = await this.#server.listen();
    await this.#certificates.start();
  }
}
