import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { allTypes, type KubeObject, type Stored } from '../../../../lib/api';
import { type Clock, noLog, type Random, RealClock, systemRandom } from '../../../../lib/base';
import { HttpCluster, type HttpClusterOptions } from '../../../../lib/kube/http';
import { KubeconfigConnection } from '../../../../lib/kube/kubeconfig';
import { type ExtraPaths, LocalApi, MemoryCluster, seededStore } from '../../../../lib/local';

export interface LocalServerOptions {
  readonly clock?: Clock;
  readonly random?: Random;
  readonly history?: number;
  /** Objects that are there from the start. */
  readonly live?: readonly Stored<KubeObject>[];
  /** Paths beside Kubernetes' own. */
  readonly extra?: ExtraPaths;
}

/** A MemoryCluster behind an API server, and a client of it. */
export class LocalServer {
  static async start(options: LocalServerOptions = {}): Promise<LocalServer> {
    const { clock = new RealClock(), random = systemRandom, history, live = [], extra } = options;
    const memory = new MemoryCluster({
      clock,
      random,
      types: allTypes,
      store: seededStore(live),
      ...(history === undefined ? {} : { history }),
    });
    const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-test-'));
    return new LocalServer(memory, clock, random, folder, await startApi(memory, folder, extra));
  }

  readonly #clients: HttpCluster[] = [];

  private constructor(
    readonly memory: MemoryCluster,
    readonly clock: Clock,
    readonly random: Random,
    /** Where a state folder `.knc` with the kubeconfig is. */
    readonly folder: string,
    private api: LocalApi,
  ) {}

  get kubeconfig(): string {
    return this.api.kubeconfig;
  }

  get url(): string {
    return this.api.url;
  }

  /** A client, by default of the server itself. */
  client(more: Partial<HttpClusterOptions> = {}, kubeconfig = this.kubeconfig): HttpCluster {
    const { clock, random } = this;
    const source = new KubeconfigConnection({ file: kubeconfig, env: {}, cwd: this.folder, clock });
    const cluster = new HttpCluster({ source, clock, random, ...more });
    this.#clients.push(cluster);
    return cluster;
  }

  /** Another server, with another certificate, token and port, over the same objects. */
  async restart(): Promise<void> {
    await this.api.close();
    this.api = await startApi(this.memory, this.folder);
  }

  async close(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.close()));
    await this.api.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function startApi(cluster: MemoryCluster, folder: string, extra?: LocalServerOptions['extra']): Promise<LocalApi> {
  const pods = { logs: () => undefined };
  return LocalApi.start({
    ...{ cluster, types: allTypes, clock: new RealClock(), log: noLog },
    pods: pods as never,
    ...(extra ? { extra } : {}),
    kubeconfig: path.join(folder, '.knc/kubeconfig'),
  });
}
