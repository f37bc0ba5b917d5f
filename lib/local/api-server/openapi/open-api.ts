import { createHash } from 'node:crypto';
import type { ResourceType } from '../../../api';
import type { OpenApi } from '../codecs';
import { Definitions, definitionId } from './definitions';
import { kindPaths } from './kind-paths';

const STATUS = 'io.k8s.apimachinery.pkg.apis.meta.v1.Status';
const DELETE_OPTIONS = 'io.k8s.apimachinery.pkg.apis.meta.v1.DeleteOptions';

const pathOf = ({ group, version }: ResourceType): string => (group === '' ? `api/${version}` : `apis/${group}/${version}`);

/** What a definition, or one of its fields, is about: from wherever descriptions of Kubernetes' own kinds come. */
export type Describe = (id: string, field?: string) => string | undefined;

/**
 * OpenAPI v3 of the kinds that a server has, for `kubectl explain`, client-side merging and validation: one document for each
 * group and version, made when it is first asked for.
 */
export class OpenApiDocuments implements OpenApi {
  readonly #types = new Map<string, ResourceType[]>();
  readonly #documents = new Map<string, unknown>();

  constructor(
    types: readonly ResourceType[],
    private readonly describe: Describe = () => undefined,
  ) {
    for (const type of types) this.#types.set(pathOf(type), [...(this.#types.get(pathOf(type)) ?? []), type]);
  }

  /** Every document with an address that changes with its content. */
  index(): unknown {
    const paths = [...this.#types.entries()]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([path, types]) => {
        const text = JSON.stringify(types.map((type) => [definitionId(type), type.plural]));
        const hash = createHash('sha256').update(text).digest('hex').toUpperCase();
        return [path, { serverRelativeURL: `/openapi/v3/${path}?hash=${hash}` }] as const;
      });
    return { paths: Object.fromEntries(paths) };
  }

  document(path: string): unknown {
    const types = this.#types.get(path);
    if (!types) return undefined;
    let document = this.#documents.get(path);
    if (!document) {
      document = this.#made(path, types);
      this.#documents.set(path, document);
    }
    return document;
  }

  #made(path: string, types: readonly ResourceType[]): unknown {
    const definitions = new Definitions(this.describe);
    for (const type of types) definitions.addKind(type);
    definitions.reference(STATUS);
    definitions.reference(DELETE_OPTIONS);
    return {
      openapi: '3.0.0',
      info: { title: 'knc', version: 'v1' },
      paths: Object.assign({}, ...types.map((type) => kindPaths(`/${path}`, type))),
      components: { schemas: definitions.all },
    };
  }
}
