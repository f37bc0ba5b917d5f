import {
  type ConfigMap,
  ConfigMapType,
  controllerRef,
  type Deployment,
  DeploymentType,
  type KubeObject,
  type Stored,
} from '../../../../lib/api';
import type { Ask, Index, Observed, Plan } from '../../../../lib/control/reconciler';
import { ClusterError } from '../../../../lib/kube';
import { ToyWorld, type Widget, WidgetType, widget } from '../support/toy-world';

const map = (name: string, data: Record<string, string>, owner?: KubeObject): ConfigMap => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'default', ...(owner ? { ownerReferences: [controllerRef(owner)] } : {}) },
  data,
});

/** Keeps a ConfigMap with the wish, and says in the status what it holds. */
const mirror = {
  watches: [ConfigMapType],
  plan: (parent: Stored<Widget>, observed: Observed): Plan => {
    const name = `${parent.metadata.name}-map`;
    const existing = observed.get(ConfigMapType, 'default', name);
    return {
      apply: [{ type: ConfigMapType, object: map(name, { wish: parent.spec.wish ?? '' }, parent) }],
      status: { held: existing?.data?.wish },
    };
  },
};

describe('a status that says that something is under way', () => {
  const MAP = 'a-map';
  const ready = (status: string, seen: number) => ({ seen, conditions: [{ type: 'Ready', status }] });
  /** Ready once its map says so; counts, in its status, the plans that changed it. */
  const patient = {
    watches: [ConfigMapType],
    reads: () => [{ type: ConfigMapType, namespace: 'default', name: MAP }],
    plan: (parent: Stored<Widget>, observed: Observed): Plan => {
      const done = observed.get(ConfigMapType, 'default', MAP) !== undefined;
      const { seen = 0, conditions } = (parent.status ?? {}) as Partial<ReturnType<typeof ready>>;
      const status = done ? 'True' : 'Unknown';
      return { status: ready(status, conditions?.[0]?.status === status ? seen : seen + 1) };
    },
  };
  const SETTLE_MS = 1000;

  it('is not written if its end is known soon, and counts as written for the plans in between', async () => {
    const world = await new ToyWorld(patient, [], SETTLE_MS).start(widget('a'));
    expect(world.writes).toEqual([]);
    await world.memory.create(ConfigMapType, map(MAP, {}));
    await world.settle();
    expect(world.writes).toEqual(['status Widget a']);
    expect((await world.get('a'))?.status).toEqual(ready('True', 2));
    await world.clock.advance(10 * SETTLE_MS);
    expect(world.writes).toHaveLength(1);
  });

  it('is written if its end does not come', async () => {
    const world = await new ToyWorld(patient, [], SETTLE_MS).start(widget('a'));
    await world.clock.advance(SETTLE_MS - 1);
    expect(world.writes).toEqual([]);
    await world.clock.advance(1);
    expect((await world.get('a'))?.status).toEqual(ready('Unknown', 1));
    await world.memory.create(ConfigMapType, map(MAP, {}));
    await world.settle();
    expect((await world.get('a'))?.status).toEqual(ready('True', 2));
    expect(world.writes).toHaveLength(2);
  });

  it('is held back for a shorter time where others go on by it', async () => {
    const world = await new ToyWorld({ ...patient, awaited: true }, [], SETTLE_MS).start(widget('a'));
    await world.clock.advance(SETTLE_MS / 10);
    expect((await world.get('a'))?.status).toEqual(ready('Unknown', 1));
  });

  it('is written by the next attempt if the write is refused', async () => {
    const world = new ToyWorld(patient, [], SETTLE_MS);
    let refusals = 1;
    world.counting.refuse = (verb) =>
      verb === 'status' && refusals-- > 0 ? new ClusterError('Conflict', 'the object has been modified') : undefined;
    await world.start(widget('a'));
    await world.clock.advance(SETTLE_MS);
    expect((await world.get('a'))?.status).toEqual(ready('Unknown', 1));
  });

  it('is not that of another object of the same name', async () => {
    const world = await new ToyWorld(patient, [], SETTLE_MS).start(widget('a'));
    await world.memory.delete(WidgetType, 'default', 'a');
    await world.memory.create(WidgetType, widget('a'));
    await world.settle();
    await world.clock.advance(SETTLE_MS);
    expect((await world.get('a'))?.status).toEqual(ready('Unknown', 1));
  });
});

describe('Engine', () => {
  it('makes what a plan says, follows its children, and then does nothing at all', async () => {
    const world = await new ToyWorld(mirror).start(widget('a', { wish: 'tea' }));
    expect((await world.get('a'))?.status).toEqual({ held: 'tea' });
    expect(world.writes).toEqual(['create ConfigMap a-map', 'status Widget a']);
    world.plans = [];
    await world.clock.advance(7 * 24 * 3600_000);
    expect(world.plans).toEqual([]);
  });

  it('puts a child right that somebody has changed or deleted', async () => {
    const world = await new ToyWorld(mirror).start(widget('a', { wish: 'tea' }));
    await world.memory.patch(ConfigMapType, 'default', 'a-map', 'merge', { data: { wish: 'beer', other: 'kept' } });
    await world.settle();
    expect((await world.memory.get(ConfigMapType, 'default', 'a-map'))?.data).toEqual({ wish: 'tea', other: 'kept' });
    await world.memory.delete(ConfigMapType, 'default', 'a-map');
    await world.settle();
    expect((await world.memory.get(ConfigMapType, 'default', 'a-map'))?.data).toEqual({ wish: 'tea' });
  });

  it('does not fight what a server adds to a built-in kind', async () => {
    const desired = (parent: KubeObject): Deployment => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'd', namespace: 'default', ownerReferences: [controllerRef(parent)] },
      spec: {
        selector: { matchLabels: { a: 'b' } },
        template: {
          metadata: { labels: { a: 'b' } },
          spec: { containers: [{ name: 'c', image: 'i', resources: { requests: { cpu: '0.5', memory: '1Gi' } } }] },
        },
      },
    });
    const plan = (parent: Stored<Widget>): Plan => ({ apply: [{ type: DeploymentType, object: desired(parent) }] });
    const world = await new ToyWorld({ watches: [DeploymentType], plan }).start(widget('a'));
    await world.memory.patch(DeploymentType, 'default', 'd', 'json', [
      { op: 'add', path: '/spec/replicas', value: 3 },
      { op: 'add', path: '/spec/template/spec/dnsPolicy', value: 'ClusterFirst' },
      { op: 'add', path: '/spec/template/spec/containers/0/imagePullPolicy', value: 'Always' },
      { op: 'replace', path: '/spec/template/spec/containers/0/resources/requests/cpu', value: '500m' },
    ]);
    await world.settle();
    expect(world.writes).toEqual(['create Deployment d']);
  });

  it('plans a parent when something that it reads by name, by labels or by index comes, changes or goes', async () => {
    const byOwner: Index<ConfigMap> = { name: 'owner', values: ({ data }) => (data?.for ? [data.for] : []) };
    const plan = (parent: Stored<Widget>, observed: Observed): Plan => ({
      status: {
        named: observed.get(ConfigMapType, 'default', `of-${parent.metadata.name}`)?.data?.v,
        labelled: observed.list(ConfigMapType, 'default', { app: parent.metadata.name, on: 'yes' }).map((o) => o.metadata.name),
        indexed: observed.find(ConfigMapType, byOwner, parent.metadata.name).map((o) => o.metadata.name),
      },
    });
    const reads = ({ metadata: { name } }: Stored<Widget>) => [
      { type: ConfigMapType, namespace: 'default', name: `of-${name}` },
      { type: ConfigMapType, namespace: 'default', labels: { app: name, on: 'yes' } },
      { type: ConfigMapType, index: byOwner as Index, value: name },
    ];
    const world = await new ToyWorld({ watches: [ConfigMapType], reads, plan }).start(widget('a'), widget('b'));
    const statusOf = async (name: string) => (await world.get(name))?.status;
    world.plans = [];
    await world.memory.create(ConfigMapType, map('of-a', { v: '1' }));
    await world.settle();
    expect(await statusOf('a')).toEqual({ named: '1', labelled: [], indexed: [] });
    await world.memory.create(ConfigMapType, {
      ...map('l', {}),
      metadata: { name: 'l', namespace: 'default', labels: { app: 'a', on: 'yes' } },
    });
    await world.memory.create(ConfigMapType, map('i', { for: 'a' }));
    await world.settle();
    expect(await statusOf('a')).toEqual({ named: '1', labelled: ['l'], indexed: ['i'] });
    await world.memory.patch(ConfigMapType, 'default', 'l', 'merge', { metadata: { labels: { on: 'no' } } });
    await world.memory.patch(ConfigMapType, 'default', 'i', 'merge', { data: { for: 'nobody' } });
    await world.memory.delete(ConfigMapType, 'default', 'of-a');
    await world.settle();
    expect(await statusOf('a')).toEqual({ labelled: [], indexed: [] });
    expect(world.plans).not.toContain('b');
  });

  it('never plans from a cache that lacks its own last writes', async () => {
    let creations = 0;
    const plan = (parent: Stored<Widget>, observed: Observed): Plan => {
      const made = observed.list(ConfigMapType, 'default', { of: parent.metadata.name });
      if (made.length > 0) return {};
      creations++;
      const metadata = { name: `m-${creations}`, namespace: 'default', labels: { of: parent.metadata.name } };
      return { apply: [{ type: ConfigMapType, object: { ...map('', {}), metadata } }] };
    };
    const world = await new ToyWorld({ watches: [ConfigMapType], plan }).start();
    await world.memory.create(WidgetType, widget('a'));
    // The parent changes while its plan is being carried out.
    await world.memory.patch(WidgetType, 'default', 'a', 'merge', { spec: { wish: 'x' } });
    await world.memory.patch(WidgetType, 'default', 'a', 'merge', { spec: { wish: 'y' } });
    await world.settle();
    expect(creations).toBe(1);
  });

  it('plans again at once after a conflict, without an event', async () => {
    const world = new ToyWorld(mirror);
    let refusals = 2;
    world.counting.refuse = (verb) =>
      verb === 'status' && refusals-- > 0 ? new ClusterError('Conflict', 'the object has been modified') : undefined;
    await world.start(widget('a', { wish: 'tea' }));
    await world.clock.advance(10);
    expect((await world.get('a'))?.status).toEqual({ held: 'tea' });
    expect(await world.events()).toEqual([]);
    expect(world.logged).toEqual([]);
  });

  it('shows a refused write to a second plan, backs off, tells the event with its count and logs it once', async () => {
    const plan = (parent: Stored<Widget>, observed: Observed): Plan => {
      const failure = observed.failure(ConfigMapType, 'default', 'a-map');
      return {
        apply: [{ type: ConfigMapType, object: map('a-map', {}, parent) }],
        status: { failure },
        events: failure ? [{ type: 'Warning', reason: 'CreationFailed', message: `no: ${failure}` }] : [],
      };
    };
    const world = new ToyWorld({ watches: [ConfigMapType], plan });
    world.counting.refuse = (verb, type) =>
      verb === 'create' && type === ConfigMapType ? new ClusterError('Forbidden', 'quota') : undefined;
    await world.start(widget('a'));
    expect((await world.get('a'))?.status).toEqual({ failure: 'quota' });
    world.plans = [];
    // The status that was written led to a second attempt at once: the next are 10, 20 and 40 ms apart.
    await world.clock.advance(10 + 20 + 40);
    // Each attempt plans twice: once to act, once to explain.
    expect(world.plans).toHaveLength(6);
    expect((await world.events()).sort()).toEqual([
      'Warning CreationFailed x5: no: quota',
      'Warning InternalError x5: failed to create ConfigMap "default/a-map": quota',
    ]);
    expect(world.logged).toHaveLength(1);
    world.counting.refuse = undefined;
    await world.clock.advance(1000);
    expect((await world.get('a'))?.status).toEqual({});
  });

  it('reports a plan that throws, and tries it again ever more seldom', async () => {
    const world = await new ToyWorld({
      plan: () => {
        throw new Error('out of tea');
      },
    }).start(widget('a'));
    await world.clock.advance(3600_000);
    expect(world.plans.length).toBeLessThan(25);
    expect(world.logged).toEqual(['reconciliation failed: out of tea']);
    expect(await world.events()).toEqual([expect.stringMatching(/^Warning InternalError x\d+: out of tea$/)]);
  });

  it('plans again after requeueAfter; the last plan says when', async () => {
    const plan = (parent: Stored<Widget>): Plan => (parent.spec.wish ? { requeueAfter: Number(parent.spec.wish) } : {});
    const world = await new ToyWorld({ plan }).start(widget('a', { wish: '60000' }));
    world.plans = [];
    await world.clock.advance(59_999);
    expect(world.plans).toHaveLength(0);
    await world.clock.advance(1);
    expect(world.plans).toHaveLength(1);
    await world.memory.patch(WidgetType, 'default', 'a', 'merge', { spec: { wish: String(60 * 24 * 3600_000) } });
    await world.settle();
    world.plans = [];
    // The longest timer that a machine has is shorter than this wait: it looks once in between.
    await world.clock.advance(49 * 24 * 3600_000);
    expect(world.plans).toHaveLength(1);
    await world.memory.patch(WidgetType, 'default', 'a', 'merge', { spec: { wish: null } });
    await world.clock.advance(3600_000);
    expect(world.plans).toHaveLength(2);
  });

  it('has questions answered, and forgets those that nobody asks any more', async () => {
    const asked: string[] = [];
    const forgotten: string[] = [];
    let answer: (key: string, value: unknown) => void = () => {};
    const answerer = {
      topic: 'probe',
      ask: ({ key, input }: { key: string; input: unknown }, onAnswer: typeof answer) => {
        asked.push(`${key} ${JSON.stringify(input)}`);
        answer = onAnswer;
      },
      forget: (key: string) => void forgotten.push(key),
    };
    const plan = (parent: Stored<Widget>, observed: Observed): Plan => ({
      asks: parent.spec.wish ? [{ topic: 'probe', key: parent.metadata.name, input: { url: parent.spec.wish } }] : [],
      status: { answer: observed.answer('probe', parent.metadata.name) },
    });
    const world = await new ToyWorld({ plan }, [answerer]).start(widget('a', { wish: 'x' }));
    const first = answer;
    first('a', { up: true });
    await world.settle();
    expect((await world.get('a'))?.status).toEqual({ answer: { up: true } });
    world.plans = [];
    first('a', { up: true });
    await world.settle();
    expect(world.plans).toEqual([]);
    await world.memory.patch(WidgetType, 'default', 'a', 'merge', { spec: { wish: 'y' } });
    await world.settle();
    first('a', { up: 'late' });
    await world.settle();
    expect((await world.get('a'))?.status).toEqual({});
    await world.memory.delete(WidgetType, 'default', 'a');
    await world.settle();
    expect(asked).toEqual(['a {"url":"x"}', 'a {"url":"y"}']);
    expect(forgotten).toEqual(['a']);
  });

  it('plans again after a question has changed only if the answer has, too', async () => {
    const answerer = {
      topic: 'length',
      ask: ({ key, input }: Ask, onAnswer: (key: string, value: unknown) => void) => onAnswer(key, String(input).length),
      forget: () => {},
    };
    const plan = (parent: Stored<Widget>, observed: Observed): Plan => ({
      asks: [{ topic: 'length', key: 'k', input: parent.spec.wish }],
      status: { answer: observed.answer('length', 'k') },
    });
    const world = await new ToyWorld({ plan }, [answerer]).start(widget('a', { wish: 'one' }));
    const plansAfter = async (wish: string) => {
      world.plans = [];
      await world.memory.patch(WidgetType, 'default', 'a', 'merge', { spec: { wish } });
      await world.settle();
      return world.plans.length;
    };
    expect(await plansAfter('two')).toBe(1);
    expect((await world.get('a'))?.status).toEqual({ answer: 3 });
    expect(await plansAfter('three')).toBeGreaterThan(1);
    expect((await world.get('a'))?.status).toEqual({ answer: 5 });
  });

  it('does not plan a parent that is being deleted, unless the reconciler holds it by a finalizer', async () => {
    const deleting = widget('a', {}, { finalizers: ['somebody/else'] });
    const plain = await new ToyWorld({ plan: () => ({}) }).start(deleting);
    plain.plans = [];
    await plain.memory.delete(WidgetType, 'default', 'a');
    await plain.settle();
    expect(plain.plans).toEqual([]);

    const holder = await new ToyWorld({
      finalizer: 'toy/hold',
      plan: (parent) => {
        const finalizers = parent.metadata.deletionTimestamp ? [] : ['toy/hold'];
        const patch = { merge: { metadata: { finalizers } } };
        return { patch: [{ type: WidgetType, namespace: 'default', name: parent.metadata.name, patch }] };
      },
    }).start(widget('a'));
    await holder.memory.delete(WidgetType, 'default', 'a');
    await holder.settle();
    expect(await holder.get('a')).toBeUndefined();
    expect(holder.writes).toEqual(['patch Widget a', 'patch Widget a']);
  });

  it('says to the cluster which patch is urgent', async () => {
    const patch = { merge: { metadata: { labels: { woken: 'true' } } } };
    const world = new ToyWorld({
      plan: ({ metadata: { name, labels } }) =>
        labels?.['woken'] ? {} : { patch: [{ type: WidgetType, namespace: 'default', name, patch, urgent: true }] },
    });
    const asked = jest.spyOn(world.memory, 'patch');
    await world.start(widget('a'));
    await world.settle();
    expect(asked.mock.calls.map((call) => call[5])).toEqual([expect.objectContaining({ urgent: true })]);
  });

  it('leaves a child alone that belongs to somebody else', async () => {
    const world = new ToyWorld(mirror);
    const other = await world.memory.create(WidgetType, widget('other', { wish: 'mine' }));
    await world.memory.create(ConfigMapType, map('a-map', { wish: 'mine' }, other));
    await world.start(widget('a', { wish: 'tea' }));
    expect((await world.memory.get(ConfigMapType, 'default', 'a-map'))?.data).toEqual({ wish: 'mine' });
    expect(await world.events()).toEqual(['Warning InternalError x1: ConfigMap "default/a-map" belongs to Widget "other"']);
  });

  it('plans everything again when the configuration changes, and writes nothing if that changes nothing', async () => {
    const world = await new ToyWorld(mirror).start(widget('a', { wish: 'tea' }), widget('b'));
    world.plans = [];
    world.writes.length = 0;
    world.engine.setConfig({ other: true });
    await world.settle();
    expect(world.plans.sort()).toEqual(['a', 'b']);
    expect(world.writes).toEqual([]);
  });

  it('stops: nothing is planned, written or asked afterwards', async () => {
    const forgotten: string[] = [];
    const answerer = { topic: 't', ask: () => {}, forget: (key: string) => void forgotten.push(key) };
    const asking = {
      ...mirror,
      plan: (...args: Parameters<typeof mirror.plan>) => ({
        ...mirror.plan(...args),
        asks: [{ topic: 't', key: 'k', input: 1 }],
      }),
    };
    const world = await new ToyWorld(asking, [answerer]).start(widget('a', { wish: 'tea' }));
    await world.engine.stop();
    world.plans = [];
    await world.memory.patch(WidgetType, 'default', 'a', 'merge', { spec: { wish: 'beer' } });
    await world.clock.advance(60_000);
    expect(world.plans).toEqual([]);
    expect(forgotten).toEqual(['k']);
  });
});
