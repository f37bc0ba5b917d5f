import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { allTypes } from '../../../../../lib/api';
import { coreDescriptions, OpenApiDocuments } from '../../../../../lib/local/api-server/openapi';

interface Node {
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly [keyword: string]: unknown;
}

interface Document {
  readonly paths: Readonly<Record<string, { readonly patch?: Patch }>>;
  readonly components: { readonly schemas: Readonly<Record<string, Node>> };
}

interface Patch {
  readonly parameters: readonly { readonly name: string }[];
  readonly requestBody: { readonly content: object };
}

interface Index {
  readonly paths: Readonly<Record<string, { readonly serverRelativeURL: string }>>;
}

const documents = new OpenApiDocuments(allTypes, (id, field) =>
  id.endsWith('.PodSpec') ? `about ${field ?? 'pods'}` : undefined,
);
const document = (at: string) => documents.document(at) as Document;
const index = documents.index() as Index;
const paths = Object.keys(index.paths);

describe('OpenAPI v3', () => {
  test('has a document for every group and version, and none for others', () => {
    expect(paths).toEqual(expect.arrayContaining(['api/v1', 'apis/apps/v1', 'apis/serving.knative.dev/v1']));
    expect(index.paths['api/v1']?.serverRelativeURL).toMatch(/^\/openapi\/v3\/api\/v1\?hash=[0-9A-F]{64}$/);
    expect(documents.document('apis/nothing/v1')).toBeUndefined();
    expect(document('api/v1')).toBe(document('api/v1'));
  });

  test.each(paths)('%s refers to nothing that it does not have', (at) => {
    const text = JSON.stringify(document(at));
    const known = document(at).components.schemas;
    for (const [, id] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) expect(known).toHaveProperty([id!]);
    expect(text).not.toMatch(/x-knc-|"\$ref":"(?!#)/);
  });

  test('says by which keys a client merges lists', () => {
    const spec = document('api/v1').components.schemas['io.k8s.api.core.v1.PodSpec']!;
    expect(spec.properties?.containers).toMatchObject({
      description: 'about containers',
      'x-kubernetes-patch-strategy': 'merge',
      'x-kubernetes-patch-merge-key': 'name',
      items: { $ref: '#/components/schemas/io.k8s.api.core.v1.Container' },
    });
    expect(spec.description).toBe('about pods');
  });

  test('describes every field of our own kinds', () => {
    const { schemas } = document('apis/serving.knative.dev/v1').components;
    const service = schemas['dev.knative.serving.v1.Service']!;
    expect(service['x-kubernetes-group-version-kind']).toEqual([
      { group: 'serving.knative.dev', version: 'v1', kind: 'Service' },
    ]);
    const undescribed: string[] = [];
    const walk = (schema: Node, at: string) => {
      if (!schema.description) undescribed.push(at);
      for (const [name, field] of Object.entries(schema.properties ?? {}))
        if (at !== '' || name !== 'metadata') walk(field, `${at}.${name}`);
      if (schema.items?.properties) walk(schema.items, `${at}[]`);
    };
    walk(service, '');
    expect(undescribed).toEqual([]);
  });

  test('tells kubectl that the server checks fields, for every kind', () => {
    for (const at of paths) {
      const patches = Object.values(document(at).paths).flatMap(({ patch }) => (patch ? [patch] : []));
      expect(patches.length).toBeGreaterThan(0);
      for (const { parameters } of patches) expect(parameters.map(({ name }) => name)).toContain('fieldValidation');
    }
  });

  test('offers strategic merge for Kubernetes’ own kinds alone', () => {
    const types = (at: string, route: string) => Object.keys(document(at).paths[route]!.patch!.requestBody.content);
    expect(types('apis/apps/v1', '/apis/apps/v1/namespaces/{namespace}/deployments/{name}')).toContain(
      'application/strategic-merge-patch+json',
    );
    const custom = types('apis/serving.knative.dev/v1', '/apis/serving.knative.dev/v1/namespaces/{namespace}/services/{name}');
    expect(custom).not.toContain('application/strategic-merge-patch+json');
  });

  test('takes descriptions from a file, and does without', () => {
    const folder = mkdtempSync(path.join(os.tmpdir(), 'knc-openapi-'));
    const file = path.join(folder, 'descriptions.json');
    writeFileSync(file, JSON.stringify({ 'a.B': { '': 'about B', c: 'about c' } }));
    const describeField = coreDescriptions(file);
    expect([describeField('a.B'), describeField('a.B', 'c'), describeField('a.B', 'd'), describeField('x')]).toEqual([
      'about B',
      'about c',
      undefined,
      undefined,
    ]);
    rmSync(folder, { recursive: true });
    expect(coreDescriptions(file)('a.B')).toBeUndefined();
  });
});
