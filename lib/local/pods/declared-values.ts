import { type ConfigMap, ConfigMapType, type Secret, SecretType } from '../../api';
import type { Cluster } from '../../kube';

/** Where values that pods refer to come from: ConfigMaps and Secrets of one namespace. */
export class DeclaredValues {
  readonly #seen = new Map<string, Promise<ReadonlyMap<string, Buffer> | undefined>>();

  constructor(
    private readonly cluster: Cluster,
    private readonly namespace: string,
  ) {}

  /** All values of a ConfigMap or Secret, or undefined if there is none of that name. */
  all(kind: 'configmap' | 'secret', name: string): Promise<ReadonlyMap<string, Buffer> | undefined> {
    const key = `${kind}/${name}`;
    let values = this.#seen.get(key);
    if (!values) {
      values = kind === 'configmap' ? this.#configMap(name) : this.#secret(name);
      this.#seen.set(key, values);
    }
    return values;
  }

  async #configMap(name: string): Promise<ReadonlyMap<string, Buffer> | undefined> {
    const found: ConfigMap | undefined = await this.cluster.get(ConfigMapType, this.namespace, name);
    return found && new Map([...decode(found.data, 'utf8'), ...decode(found.binaryData, 'base64')]);
  }

  async #secret(name: string): Promise<ReadonlyMap<string, Buffer> | undefined> {
    const found: Secret | undefined = await this.cluster.get(SecretType, this.namespace, name);
    return found && new Map([...decode(found.data, 'base64'), ...decode(found.stringData, 'utf8')]);
  }
}

function decode(data: Readonly<Record<string, string>> = {}, encoding: BufferEncoding): [string, Buffer][] {
  return Object.entries(data).map(([key, value]) => [key, Buffer.from(value, encoding)]);
}
