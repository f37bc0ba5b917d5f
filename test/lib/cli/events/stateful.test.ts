import { TriggerType } from '../../../../lib/api';
import { main } from '../../../../lib/cli/main';
import { EventDocuments } from '../../../../lib/roles';
import { LocalServer } from '../../kube/http/local-server';
import { EventingWorld } from '../../roles/eventing/world';
import { FakeIo } from '../fake-io';

describe('knc events of triggers that look at their past', () => {
  let world: EventingWorld;
  let server: LocalServer;
  beforeEach(async () => {
    world = await EventingWorld.start();
    server = await LocalServer.start({ extra: (request) => new EventDocuments(world.runtime).document(request) });
    await world.broker('orders');
  });
  afterEach(() => server.close());

  /** A trigger of which the annotations are set once it is resolved, as a person would. */
  const trigger = async (texts: Readonly<Record<string, string>>) => {
    await world.trigger('fulfil');
    const annotations = Object.fromEntries(
      Object.entries(texts).map(([name, text]) => [`eventing.knative-constructs.dev/${name}`, text]),
    );
    await world.cluster.patch(TriggerType, 'default', 'fulfil', 'merge', { metadata: { annotations } });
    await world.clock.settle();
  };
  const publish = async (id: string, more: Record<string, string> = {}) => {
    await world.publish(id, more);
    await world.clock.advance(1000);
  };
  const told = async (...args: readonly string[]) => {
    const io = new FakeIo({ cwd: server.folder, columns: 120, env: { TZ: 'UTC' } });
    expect(await main(['events', ...args], io)).toBe(0);
    return io.stdoutText
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^[\d:. -]+ broker\/default\/orders order\.\w+ /, ''));
  };

  test('say of what an event is a duplicate', async () => {
    await trigger({ 'dedupe-by': 'id' });
    await publish('1');
    await publish('1');
    expect((await told('--once')).at(-1)).toBe('1 duplicate for default/fulfil, dropped: 1 came 1 s before');
  });

  test('say with how many an event is held in a batch, and with how many it left', async () => {
    await trigger({ 'batch-max': '2', 'order-by': 'subject' });
    await publish('1', { 'ce-subject': 'a' });
    await publish('2', { 'ce-subject': 'a' });
    expect((await told('--once')).filter((line) => /batch|delivered/.test(line))).toEqual([
      '1 held in a batch for default/fulfil (1 of 2)',
      '2 held in a batch for default/fulfil (2 of 2)',
      '1 delivered to default/fulfil with 1 other',
      '2 delivered to default/fulfil with 1 other',
    ]);
  });

  test('say for what a join waits, with what an event was joined, and of what one was made', async () => {
    await trigger({
      'join-by': 'orderid',
      'join-types': 'order.paid,order.packed',
      'join-max-keys': '1',
      'join-partial': 'deliver',
    });
    await publish('0', { 'ce-type': 'order.paid', 'ce-orderid': '6' });
    await publish('1', { 'ce-type': 'order.paid', 'ce-orderid': '7' });
    await publish('2', { 'ce-type': 'order.packed', 'ce-orderid': '7' });
    const lines = (await told('--once')).map((line) => line.replace(/\b[0-9a-f]{32}\b/, 'ID'));
    expect(lines).toEqual([
      '0 for default/fulfil',
      '0 held for default/fulfil (1 of 2): join of 6 waits for order.packed',
      '1 for default/fulfil',
      '1 default/fulfil is crowded: the oldest of 1 open joins is ended',
      '1 held for default/fulfil (1 of 2): join of 7 waits for order.packed',
      '0 joined for default/fulfil as ID, without order.packed',
      expect.stringMatching(/ID made of 0 for default\/fulfil, without order.packed$/),
      '0 delivered to default/fulfil',
      '2 for default/fulfil',
      '1 joined with 2 for default/fulfil as ID',
      '2 joined with 1 for default/fulfil as ID',
      expect.stringMatching(/ID made of 1, 2 for default\/fulfil$/),
      '1 delivered to default/fulfil with 1 other',
      '2 delivered to default/fulfil with 1 other',
    ]);
    expect((await told('tree', '2')).join('\n')).toMatch(/joined with 1 for default\/fulfil/);
  });
});
