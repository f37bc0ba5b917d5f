import { until } from '../../acceptance/support/real-system';
import type { Session } from './session';

interface Line {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: {
    readonly code?: number;
    readonly reason?: string;
    readonly metadata: { readonly name: string; readonly resourceVersion: string };
    readonly data?: Readonly<Record<string, string>>;
  };
}

/** What an informer remembers of one change. */
export interface Seen {
  readonly type: Line['type'];
  readonly name: string;
  readonly version: number;
  readonly value: string | undefined;
}

/** What client-go's reflector does, with kubectl as the one that speaks to the server: list, watch from there, resume, list again after 410. */
export class Watcher {
  readonly seen: Seen[] = [];
  /** How often it listed, and how often it resumed a watch. */
  lists = 0;
  resumes = 0;
  version = '';
  #ending = new AbortController();
  #stopped = false;
  #running: Promise<void> | undefined;

  constructor(
    private readonly session: Session,
    private readonly path: string,
  ) {}

  /** Lists and watches until `stop`. Resolves once it has listed. */
  async start(): Promise<void> {
    await this.#list();
    this.#running = this.#follow();
  }

  /** As `start`, but from a version that it has from earlier. */
  async startFrom(version: string): Promise<void> {
    this.version = version;
    const listed = until('its list', () => this.lists > 0);
    this.#running = this.#follow();
    await listed;
  }

  /** Breaks the connection, as a network would. */
  disconnect(): void {
    this.#ending.abort();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#ending.abort();
    await this.#running;
  }

  /** Resolves once it has seen this version. */
  async reaches(version: string): Promise<void> {
    await until(`version ${version}`, () => Number(this.version) >= Number(version));
  }

  async #list(): Promise<void> {
    const list = JSON.parse(await this.session.kubectl('get', '--raw', this.path)) as { metadata: { resourceVersion: string } };
    this.version = list.metadata.resourceVersion;
    this.lists++;
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      const expired = await this.#watch();
      if (this.#stopped) return;
      if (expired) await this.#list();
      else this.resumes++;
    }
  }

  /** One connection. Resolves with whether the version that it began from is no longer known. */
  async #watch(): Promise<boolean> {
    this.#ending = new AbortController();
    let rest = '';
    let expired = false;
    const url = `${this.path}?watch=1&allowWatchBookmarks=true&timeoutSeconds=300&resourceVersion=${this.version}`;
    const { stderr } = await this.session.try('kubectl', ['get', '--raw', url], {
      signal: this.#ending.signal,
      timeoutMs: 120_000,
      onStdout: (text) => {
        const lines = `${rest}${text}`.split('\n');
        rest = lines.pop()!;
        for (const line of lines) expired = this.#take(JSON.parse(line) as Line) || expired;
      },
    });
    return expired || stderr.includes('too old resource version');
  }

  #take({ type, object }: Line): boolean {
    if (type === 'ERROR') return object.code === 410;
    this.version = object.metadata.resourceVersion;
    if (type !== 'BOOKMARK') {
      this.seen.push({ type, name: object.metadata.name, version: Number(this.version), value: object.data?.['value'] });
    }
    return false;
  }
}
