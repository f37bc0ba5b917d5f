import { main } from '../../../../lib/cli/main';
import { EventDocuments } from '../../../../lib/roles';
import { LocalServer } from '../../kube/http/local-server';
import { EventingWorld } from '../../roles/eventing/world';
import { FakeIo } from '../fake-io';

describe('knc events', () => {
  let world: EventingWorld;
  let server: LocalServer;
  beforeEach(async () => {
    world = await EventingWorld.start();
    server = await LocalServer.start({ extra: (request) => new EventDocuments(world.runtime).document(request) });
    await world.broker('orders');
    await world.trigger('fulfil', { delivery: { retry: 1, backoffPolicy: 'linear', backoffDelay: 'PT2S' } });
  });
  afterEach(() => server.close());

  const run = async (...args: readonly string[]) => {
    const io = new FakeIo({ cwd: server.folder, columns: 120, env: { TZ: 'UTC' } });
    return { code: await main(['events', ...args], io), io };
  };
  const publish = async (id: string, more: Record<string, string> = {}) => {
    await world.publish(id, more);
    await world.clock.advance(60_000);
  };

  test('tells who an event is for, what failed and how it ended', async () => {
    world.answer = () => ({ status: world.received.length > 1 ? 202 : 503, headers: [], body: null });
    await publish('4711');
    const { code, io } = await run('--once');
    const lines = io.stdoutText.trimEnd().split('\n');
    expect(code).toBe(0);
    // Virtual time is not of today, so that the day is told, too.
    expect(lines[0]).toMatch(/^2026-01-01 \d\d:\d\d:\d\d\.\d{3} broker/);
    expect(lines.map((line) => line.replace(/^[\d:. -]+(?=broker)/, ''))).toEqual([
      'broker/default/orders order.created 4711 for default/fulfil',
      'broker/default/orders order.created 4711 default/fulfil: attempt 1 at http://fulfil.default.svc.cluster.local/ failed: HTTP 503, again in 0 ms',
      'broker/default/orders order.created 4711 delivered to default/fulfil',
    ]);
  });

  test('draws the way of one event and of what followed from it', async () => {
    const reply = ['ce-specversion', '1.0', 'ce-id', 'r1', 'ce-source', '/fulfil', 'ce-type', 'order.done'];
    world.answer = ({ id }) => ({ status: 200, headers: id === '1' ? reply : [], body: null });
    await publish('1');
    await publish('2');
    const { io } = await run('tree', '1');
    expect((await run('--event', '1')).io.stdoutText).toBe(io.stdoutText);
    expect(io.stdoutText).toContain('order.created 1 from /test, 0 bytes');
    expect(io.stdoutText).toContain('order.done r1 from /fulfil, 0 bytes');
    expect(io.stdoutText).toContain('reply sent to http://broker-ingress.knative-eventing.svc.cluster.local/default/orders: 202');
    expect(io.stdoutText).not.toContain('order.created 2');
  });

  test('follows what happens until it is interrupted, one JSON object a line', async () => {
    await publish('1');
    const io = new FakeIo({ cwd: server.folder });
    const ended = main(['events', '--json', '--type', 'order.created'], io);
    const seen = async (id: string) => {
      while (!io.events.some(({ kind, event }) => kind === 'delivered' && (event as { id: string }).id === id))
        await new Promise((resolve) => setImmediate(resolve));
    };
    await seen('1');
    await publish('2', { 'ce-type': 'other' });
    await publish('3');
    await seen('3');
    io.interrupt();
    expect(await ended).toBe(0);
    expect(new Set(io.events.map(({ event }) => (event as { id: string }).id))).toEqual(new Set(['1', '3']));
  });

  test('has a dead letter delivered again', async () => {
    world.answer = () => ({ status: 500, headers: [], body: null });
    await publish('1');
    await publish('2');
    world.answer = () => ({ status: 202, headers: [], body: null });
    world.received.length = 0;
    const { code, io } = await run('replay', '--log', 'default/orders', '--consumer', 'fulfil', '--event', '2');
    expect([code, io.stdoutText]).toEqual([0, '1 event is delivered to default/fulfil again\n']);
    await world.clock.advance(1000);
    expect(world.ids).toEqual(['2']);
  });

  test('tells of an earlier run, and has its dead letter delivered again', async () => {
    world.answer = () => ({ status: 500, headers: [], body: null });
    await publish('1');
    await world.restart();
    world.answer = () => ({ status: 202, headers: [], body: null });
    await publish('2');
    expect((await run('tree', '1')).io.stdoutText).toContain('lost for default/fulfil');
    world.received.length = 0;
    expect((await run('replay', '1', '--log', 'default/orders', '--consumer', 'fulfil')).code).toBe(0);
    await world.clock.advance(1000);
    expect(world.ids).toEqual(['1']);
    expect((await run('tree', '1')).io.stdoutText).toContain('delivered to default/fulfil');
  });

  test('has what came since a time delivered again, also of an earlier run', async () => {
    await publish('1');
    const from = new Date(world.clock.now()).toISOString();
    await publish('2');
    await world.restart();
    await publish('3');
    world.received.length = 0;
    await run('replay', '--log', 'default/orders', '--consumer', 'fulfil', '--from', from);
    await world.clock.advance(1000);
    expect(world.ids).toEqual(['2', '3']);
  });

  test.each([[['tree']], [['tree', '1', '--event', '2']], [['--from', '2026-01-01T00:00:00Z']]])(
    'refuses %j, which makes no sense',
    async (args) => {
      expect((await run(...args)).code).toBe(2);
    },
  );

  test('says what there is if a broker or trigger is not there', async () => {
    const { code, io } = await run('replay', '--log', 'default/order', '--consumer', 'fulfil');
    expect(code).not.toBe(0);
    expect(io.stderrText).toContain('there is no broker/default/order here; there is: broker/default/orders');
  });

  test('shows control characters of a sender instead of obeying them', async () => {
    await publish('%1B[2Jevil');
    const { io } = await run('--once');
    expect(io.stdoutText).not.toContain('\x1b[2J');
  });
});
