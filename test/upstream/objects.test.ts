import { readFileSync } from 'node:fs';
import path from 'node:path';
import Ajv from 'ajv';
import addFormats from 'ajv-formats';
import { App, Chart, Testing } from 'cdk8s';
import { KnService, TrafficSplit } from 'knative-constructs';
import { parse, parseAllDocuments } from 'yaml';
import { type KubeObject, knativeTypes, type ResourceType } from '../../lib/api';
import { CountingExecutor, noLog, noMetrics, seededRandom, VirtualClock } from '../../lib/base';
import { applyObjects } from '../../lib/local';
import { LocalSystem } from '../../lib/roles';
import { kitchenSink } from '../constructs/serving/kitchen-sink';
import { describeUpstream } from './go-module';

type Json = Record<string, unknown>;

/** Where upstream's file is not called as its kind. */
const FILES: Readonly<Record<string, string>> = { DomainMapping: 'domain-mapping', ClusterDomainClaim: 'domain-claim' };

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

describeUpstream("objects under upstream's definitions", ({ serving, networking }) => {
  const ajv = addFormats(new Ajv({ strict: false, allErrors: true, formats: { int32: true, int64: true } }));
  const check = new Map(
    knativeTypes.map((type: ResourceType) => {
      const folder = type.group.startsWith('networking.') ? [networking, 'config'] : [serving, 'config/core/300-resources'];
      const file = path.join(...(folder as [string, string]), `${FILES[type.kind] ?? type.kind.toLowerCase()}.yaml`);
      const definition = parse(readFileSync(file, 'utf8'));
      const schema = definition.spec.versions[0].schema.openAPIV3Schema;
      const whole = {
        ...schema,
        properties: { ...schema.properties, metadata: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      };
      return [type.kind, ajv.compile(strict(whole) as object)] as const;
    }),
  );
  const faults = (object: KubeObject): string[] => {
    const validate = check.get(object.kind)!;
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
    const lists = await Promise.all(knativeTypes.map((type) => system.cluster.list(type)));
    const objects = lists.flatMap(({ items }) => items as KubeObject[]);
    expect(new Set(objects.map(({ kind }) => kind))).toEqual(new Set(knativeTypes.map(({ kind }) => kind)));
    expect(objects.flatMap(faults)).toEqual([]);
  });
});
