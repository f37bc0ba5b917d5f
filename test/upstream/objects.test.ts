import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { App, Chart, Testing } from 'cdk8s';
import { KnService, TrafficSplit } from 'knative-constructs';
import { parseAllDocuments } from 'yaml';
import { apiVersionOf, type KubeObject, knativeTypes, type ResourceType } from '../../lib/api';
import { CountingExecutor, noLog, noMetrics, seededRandom, VirtualClock } from '../../lib/base';
import { applyObjects } from '../../lib/local';
import { LocalSystem } from '../../lib/roles';
import { shop as eventShop } from '../constructs/eventing/shop';
import { kitchenSink } from '../constructs/serving/kitchen-sink';
import { definitionFile } from './definition-file';
import { describeUpstream } from './go-module';

type Json = Record<string, unknown>;

/** Upstream's structural schema as JSON Schema in which a field that is not declared is an error, as in strict decoding. */
function strict(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(strict);
  if (typeof node !== 'object' || node === null) return node;
  const out: Json = Object.fromEntries(Object.entries(node).map(([key, value]) => [key, strict(value)]));
  if (out['x-kubernetes-int-or-string']) delete out['type'];
  const open = out['x-kubernetes-preserve-unknown-fields'] || out['additionalProperties'] !== undefined;
  if (out['properties'] && !open) out['additionalProperties'] = false;
  return out;
}

/** Kinds of Eventing have a chart of their own. */
const isEventing = ({ group }: ResourceType): boolean => /^(eventing|messaging|flows|sources|sinks)\./.test(group);

/** A chart of two services and a Route over both. */
function shop(): Chart {
  const chart = new Chart(Testing.app(), 'shop', { namespace: 'shop' });
  const [one, two] = ['one', 'two'].map((name) => new KnService(chart, name, { name, image: `example.com/${name}` })) as [
    KnService,
    KnService,
  ];
  new KnService(chart, 'inner', { name: 'inner', image: 'example.com/inner', visibility: 'cluster-local' });
  one.addDomain('one.example.com', { claim: true, http: 'enabled' });
  new TrafficSplit(chart, 'front', {
    name: 'front',
    targets: TrafficSplit.canary({ stable: one, next: two, percent: 5, tag: 'next' }),
  });
  return chart;
}

const synthesized = (chart: Chart): KubeObject[] =>
  parseAllDocuments(App.of(chart).synthYaml()).map((document) => document.toJS() as KubeObject);

describeUpstream("objects under upstream's definitions", (folders) => {
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true, formats: { int32: true, int64: true } }));
  const check = new Map(
    knativeTypes.map((type) => {
      const definition = parseAllDocuments(readFileSync(definitionFile(type, folders), 'utf8'))
        .map((document) => document.toJS())
        .find((one) => one?.kind === 'CustomResourceDefinition');
      const version = definition.spec.versions.find(({ name }: { name: string }) => name === type.version);
      const schema = version.schema.openAPIV3Schema;
      const whole = {
        ...schema,
        properties: {
          apiVersion: { type: 'string' },
          kind: { type: 'string' },
          ...schema.properties,
          metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
        },
      };
      return [`${apiVersionOf(type)}/${type.kind}`, ajv.compile(strict(whole) as object)] as const;
    }),
  );
  const faults = (object: KubeObject): string[] => {
    const validate = check.get(`${object.apiVersion}/${object.kind}`)!;
    validate(object);
    return (validate.errors ?? []).map(
      ({ instancePath, message, params }) => `${object.kind}${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  };

  test('everything that the constructs synthesize is valid there', () => {
    const objects = [...synthesized(kitchenSink()), ...synthesized(shop())];
    expect(objects.map(({ kind }) => kind).sort()).toEqual([
      'ClusterDomainClaim',
      'DomainMapping',
      'Route',
      'Service',
      'Service',
      'Service',
      'Service',
    ]);
    expect(objects.flatMap(faults)).toEqual([]);
  });

  test('so is what the constructs of Eventing synthesize', () => {
    const objects = synthesized(eventShop()).filter(({ apiVersion, kind }) => check.has(`${apiVersion}/${kind}`));
    const eventing = knativeTypes.filter(isEventing).map(({ kind }) => kind);
    expect(new Set(objects.map(({ kind }) => kind))).toEqual(new Set([...eventing, 'Service']));
    expect(objects.flatMap(faults)).toEqual([]);
  });

  test('so is everything that the controllers make of it, statuses included', async () => {
    const executor = new CountingExecutor((error) => {
      throw error;
    });
    const clock = new VirtualClock(executor);
    const system = await LocalSystem.start({ clock, executor, random: seededRandom(1), log: noLog, metrics: noMetrics });
    system.functions.register({ image: '**' }, () => new Response('hi'));
    const results = await applyObjects(system.cluster, synthesized(shop()));
    expect(results.flatMap(({ error }) => (error ? [String(error)] : []))).toEqual([]);
    await clock.advance(30_000);
    const served = knativeTypes.filter((type) => !isEventing(type));
    const lists = await Promise.all(served.map((type) => system.cluster.list(type)));
    const objects = lists.flatMap(({ items }) => items as KubeObject[]);
    expect(new Set(objects.map(({ kind }) => kind))).toEqual(new Set(served.map(({ kind }) => kind)));
    expect(objects.flatMap(faults)).toEqual([]);
  });
});
