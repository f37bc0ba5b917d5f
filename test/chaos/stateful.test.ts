import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RealClock, seededRandom, systemRandom } from '../../lib/base';
import { EventSink } from '../acceptance/support/event-sink';
import { freePort } from '../acceptance/support/free-port';
import { describeBuilt, Knc } from '../acceptance/support/knc';
import { publish } from '../acceptance/support/publish';
import { until } from '../acceptance/support/real-system';

/** As many as `npm run test:chaos` says, else a few. */
const KILLS = Number(process.env['KNC_CHAOS_KILLS'] ?? 3);
const SEED = Number(process.env['KNC_CHAOS_SEED'] ?? Math.floor(systemRandom.next() * 2 ** 31));
const PRODUCERS = 4;
/** Deliveries to a trigger that may be under way when knc is killed, and come again. */
const UNDER_WAY = 32;

const clock = new RealClock();
const random = seededRandom(SEED);

const trigger = (name: string, uri: string, annotations: Readonly<Record<string, string>>, type?: string): string => `
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: ${name}
  annotations:
${Object.entries(annotations)
  .map(([key, text]) => `    eventing.knative-constructs.dev/${key}: "${text}"`)
  .join('\n')}
spec:
  broker: orders
  filters: [${type === undefined ? '' : `{ exact: { type: ${type} } }`}]
  subscriber: { uri: "${uri}" }
`;

const app = (sink: EventSink): string => `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: { name: orders }
${[
  trigger('once', sink.url('/once'), { 'dedupe-by': 'id', 'dedupe-window': '1h', 'dedupe-max-keys': '1000000' }, 'order'),
  trigger('books', sink.url('/books'), { 'batch-max': '20', 'batch-within': '300ms' }, 'order'),
  trigger('pairs', sink.url('/pairs'), { 'join-by': 'data.pair', 'join-types': 'left,right', 'join-within': '1h' }),
].join('')}`;

/** What was acknowledged with 202. */
class Acknowledged {
  readonly orders: string[] = [];
  readonly pairs: string[] = [];
  #over = false;

  /** Sends every order twice, and for each a pair of events, whether or not anybody is there. */
  async produce(gateway: string, producer: number, agent: http.Agent): Promise<void> {
    for (let step = 0; !this.#over; step++) {
      const id = `p${producer}/${step}`;
      const send = (name: string, type: string) => {
        const body = JSON.stringify({ pair: id });
        return publish(gateway, { path: '/default/orders', id: name, attributes: { type }, body, agent });
      };
      const sent = [];
      for (const name of [id, id]) sent.push(await send(name, 'order'));
      if (sent.some((answer) => answer?.status === 202)) this.orders.push(id);
      const [left, right] = [await send(`${id}/left`, 'left'), await send(`${id}/right`, 'right')];
      if (left?.status === 202 && right?.status === 202) this.pairs.push(id);
      if (!right) await clock.sleep(10);
    }
  }

  end(): void {
    this.#over = true;
  }
}

interface Joined {
  readonly left: { readonly id: string };
  readonly right: { readonly id: string };
}

describeBuilt('kill -9 of knc dev while duplicates, batches and joins pour in', () => {
  let folder: string;
  let sink: EventSink;
  let knc: Knc | undefined;
  const agent = new http.Agent({ keepAlive: true });

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'stateful-')));
    sink = await EventSink.start();
    writeFileSync(path.join(folder, 'app.yaml'), app(sink));
  });

  afterEach(async () => {
    await knc?.end();
    await sink.close();
    agent.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const batched = () => sink.received('/books').flatMap(({ body }) => (JSON.parse(body) as { id: string }[]).map(({ id }) => id));
  const joined = () =>
    sink
      .received('/pairs')
      .map(({ id, headers, body }) => ({ id, pair: headers['ce-subject'], ...(JSON.parse(body) as Joined) }));

  test(
    `${KILLS} times: nothing is lost, no duplicate is let through, and every pair is joined, as one event`,
    async () => {
      const port = await freePort();
      const start = () => new Knc(folder, 'dev', 'app.yaml', '--json', '--port', `${port}`, '--allow-sink', sink.address);
      const acknowledged = new Acknowledged();
      const producers = Array.from({ length: PRODUCERS }, (_, i) => acknowledged.produce(`http://127.0.0.1:${port}`, i, agent));
      for (let kill = 0; kill < KILLS; kill++) {
        knc = start();
        const before = acknowledged.orders.length;
        await until('events to be taken', () => acknowledged.orders.length > before, 60_000);
        await clock.sleep(random.next() * 1200);
        await knc.end();
      }
      knc = start();
      await knc.event('ready');
      acknowledged.end();
      await Promise.all(producers);
      const { orders, pairs } = acknowledged;
      const missing = () => {
        const [once, books, both] = [sink.ids('/once'), batched(), joined().map(({ pair }) => pair)].map(
          (ids) => new Set<unknown>(ids),
        );
        const without = (wanted: readonly string[], got: ReadonlySet<unknown>) => wanted.filter((id) => !got.has(id));
        return { once: without(orders, once!), books: without(orders, books!), pairs: without(pairs, both!) };
      };
      await until('the last event', () => Object.values(missing()).every(({ length }) => length === 0), 60_000).catch(
        () => undefined,
      );
      expect(missing()).toEqual({ once: [], books: [], pairs: [] });
      const [once, all] = [sink.ids('/once'), joined()];
      expect(once.length - new Set(once).size).toBeLessThanOrEqual(KILLS * UNDER_WAY);
      for (const { pair, left, right } of all) expect([left.id, right.id]).toEqual([`${pair}/left`, `${pair}/right`]);
      expect(new Set(all.map(({ id }) => id)).size).toBe(new Set(all.map(({ pair }) => pair)).size);
      expect(knc.events.filter(({ event }) => event === 'error')).toEqual([]);
      process.stdout.write(
        `seed ${SEED}: ${KILLS} kills, ${orders.length} orders sent twice and ${pairs.length} pairs acknowledged; ${once.length} deliveries of orders, ` +
          `${sink.received('/books').length} batches, ${all.length} joins\n`,
      );
      expect(Math.min(orders.length, pairs.length)).toBeGreaterThan(KILLS);
    },
    90_000 + KILLS * 10_000,
  );
});
