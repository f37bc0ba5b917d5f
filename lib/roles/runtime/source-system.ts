import { INGRESS_CLASS } from '../../control';
import { SourcesRuntime } from '../eventing';
import type { LinkServer } from '../link';
import { InstallationSettings } from './installation-settings';
import { type LinkOptions, listenForLinks, processId } from './linked';
import { begun, type EventPartOptions } from './runtime-options';

export interface SourceSystemOptions extends EventPartOptions, Omit<LinkOptions, 'linkToken'> {
  readonly deniedSinks?: readonly string[];
}

const PARTS = [
  ['settings', 'the ConfigMaps have not been read yet'],
  ['sources', 'sources have not been read yet'],
] as const;

/** Role `source`: PingSources and ApiServerSources. */
export class SourceSystem {
  /** Resolves once the sources that there are send. */
  static start(options: SourceSystemOptions): Promise<SourceSystem> {
    const system = new SourceSystem(options);
    return begun(system, () => system.#start());
  }

  readonly #settings: InstallationSettings;
  readonly #sources: SourcesRuntime;
  #links: LinkServer | undefined;

  private constructor(private readonly options: SourceSystemOptions) {
    const { cluster, clock, log } = options;
    this.#settings = new InstallationSettings({ cluster, clock, log, ingressClass: INGRESS_CLASS });
    this.#sources = new SourcesRuntime({ ...options, config: () => this.#settings.current });
  }

  async stop(): Promise<void> {
    await this.#links?.close();
    await this.#sources.stop();
    this.#settings.stop();
  }

  async #start(): Promise<void> {
    const { readiness, linkPort, identity } = this.options;
    for (const [name, why] of PARTS) readiness?.need(name, why);
    await this.#settings.start();
    readiness?.meet('settings');
    await this.#sources.start();
    this.#links = await listenForLinks(this.options, linkPort, {
      ...{ role: 'source', id: processId(identity), answerers: [this.#sources.answers] },
    });
    readiness?.meet('sources');
  }
}
