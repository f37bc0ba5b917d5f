import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RealClock, seededRandom, systemRandom } from '../../lib/base';
import { EventSink, replyWith } from '../acceptance/support/event-sink';
import { freePort } from '../acceptance/support/free-port';
import { describeBuilt, Knc } from '../acceptance/support/knc';
import { publish } from '../acceptance/support/publish';
import { until } from '../acceptance/support/real-system';

/** As many as `npm run test:chaos` says, else a few. */
const KILLS = Number(process.env['KNC_CHAOS_KILLS'] ?? 3);
const SEED = Number(process.env['KNC_CHAOS_SEED'] ?? Math.floor(systemRandom.next() * 2 ** 31));
const PRODUCERS = 6;
/** How long it may be before a kill, in milliseconds after the first event was taken: mostly, and long enough for the store to tidy up. */
const [USUAL_MS, LONG_MS] = [800, 3000];
/** Of so many kills one comes while the platform starts, and one is late. */
const CYCLE = 5;
/** A subscriber fails for one event in so many. */
const FAILURES = 20;

const clock = new RealClock();
const random = seededRandom(SEED);

/** A broker with plain, ordered, filtered and failing triggers, a sequence of which the reply comes back, and a channel. */
const app = (sink: EventSink): string => `
apiVersion: eventing.knative.dev/v1
kind: Broker
metadata: { name: orders }
${[
  trigger('plain', sink.url('/plain'), 't'),
  trigger('ordered', sink.url('/ordered'), 't', 'eventing.knative-constructs.dev/order-by: subject'),
  trigger('odd', sink.url('/odd'), 't', '', '{ cesql: "odd = true" }'),
  trigger('done', sink.url('/done'), 'done'),
].join('')}
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: broken }
spec:
  broker: orders
  filters: [{ exact: { type: t } }]
  subscriber: { uri: "${sink.url('/broken')}" }
  delivery: { retry: 1, backoffPolicy: linear, backoffDelay: PT0.01S, deadLetterSink: { uri: "${sink.url('/letters')}" } }
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: steps }
spec:
  broker: orders
  filters: [{ exact: { type: t } }]
  subscriber: { ref: { apiVersion: flows.knative.dev/v1, kind: Sequence, name: steps } }
---
apiVersion: flows.knative.dev/v1
kind: Sequence
metadata: { name: steps }
spec:
  steps: [{ uri: "${sink.url('/one')}" }, { uri: "${sink.url('/two')}" }]
  reply: { ref: { apiVersion: eventing.knative.dev/v1, kind: Broker, name: orders } }
---
apiVersion: messaging.knative.dev/v1
kind: Channel
metadata: { name: news }
---
apiVersion: messaging.knative.dev/v1
kind: Subscription
metadata: { name: reader }
spec:
  channel: { apiVersion: messaging.knative.dev/v1, kind: Channel, name: news }
  subscriber: { uri: "${sink.url('/reader')}" }
  delivery: { retry: 10, backoffPolicy: linear, backoffDelay: PT0.01S }
`;

const trigger = (name: string, uri: string, type: string, annotation = '', filter = ''): string => `
---
apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata: { name: ${name}, annotations: { ${annotation} } }
spec:
  broker: orders
  filters: [{ exact: { type: ${type} } }${filter && `, ${filter}`}]
  subscriber: { uri: "${uri}" }
`;

/** What was acknowledged with 202. */
class Acknowledged {
  readonly orders: string[] = [];
  readonly odd: string[] = [];
  readonly news: string[] = [];
  #over = false;

  /** Sends one event after the other, whether or not anybody is there. */
  async produce(gateway: string, producer: number, agent: http.Agent): Promise<void> {
    for (let step = 0; !this.#over; step++) {
      const subject = `p${producer}`;
      const id = `${subject}/${String(step).padStart(7, '0')}`;
      const odd = step % 2 === 1;
      const news = step % 4 === 3;
      const to = news ? { path: '/', host: 'news-kn-channel.default.svc.cluster.local' } : { path: '/default/orders' };
      const answer = await publish(gateway, { ...to, id, attributes: { subject, odd: `${odd}` }, agent });
      if (answer?.status === 202) {
        (news ? this.news : this.orders).push(id);
        if (odd && !news) this.odd.push(id);
      } else await clock.sleep(answer ? 1 : 10);
    }
  }

  end(): void {
    this.#over = true;
  }
}

/** Waits until a path has got all of these, and returns what it has not. */
async function missing(sink: EventSink, path: string, wanted: readonly string[]): Promise<string[]> {
  const left = () => {
    const got = new Set(sink.ids(path));
    return wanted.filter((id) => !got.has(id));
  };
  await until(path, () => left().length === 0, 60_000).catch(() => undefined);
  return left();
}

describeBuilt('kill -9 of knc dev while events pour in', () => {
  let folder: string;
  let sink: EventSink;
  let knc: Knc | undefined;
  const agent = new http.Agent({ keepAlive: true });

  beforeEach(async () => {
    folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'eventing-')));
    sink = await EventSink.start();
    let deliveries = 0;
    for (const name of ['/plain', '/ordered', '/reader']) {
      sink.on(name, (_, response) => response.writeHead(++deliveries % FAILURES === 0 ? 503 : 202).end());
    }
    sink.on('/broken', (_, response) => response.writeHead(500).end('broken'));
    sink.on('/one', replyWith('one'));
    sink.on('/two', replyWith('done'));
    writeFileSync(path.join(folder, 'app.yaml'), app(sink));
  });

  afterEach(async () => {
    await knc?.end();
    await sink.close();
    agent.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  test(
    `${KILLS} times: every acknowledged event is delivered to whom it is for, in order for each subject`,
    async () => {
      const port = await freePort();
      const start = () => new Knc(folder, 'dev', 'app.yaml', '--json', '--port', `${port}`, '--allow-sink', sink.address);
      const acknowledged = new Acknowledged();
      const gateway = `http://127.0.0.1:${port}`;
      const producers = Array.from({ length: PRODUCERS }, (_, i) => acknowledged.produce(gateway, i, agent));
      for (let kill = 0; kill < KILLS; kill++) {
        knc = start();
        const before = acknowledged.orders.length;
        if (kill % CYCLE !== 4) await until('events to be taken', () => acknowledged.orders.length > before, 60_000);
        await clock.sleep(random.next() * (kill % CYCLE === 1 ? LONG_MS : USUAL_MS));
        await knc.end();
      }
      knc = start();
      await knc.event('ready');
      acknowledged.end();
      await Promise.all(producers);
      const { orders, odd, news } = acknowledged;
      const wanted = { '/plain': orders, '/ordered': orders, '/odd': odd, '/letters': orders, '/done': orders, '/reader': news };
      const lost: Record<string, string[]> = {};
      for (const [name, ids] of Object.entries(wanted)) {
        const left = await missing(sink, name, ids);
        if (left.length > 0) lost[name] = left;
      }
      expect(lost).toEqual({});
      const first = [...new Set(sink.ids('/ordered'))];
      for (let i = 0; i < PRODUCERS; i++) {
        const own = first.filter((id) => id.startsWith(`p${i}/`));
        expect(own).toEqual([...own].sort());
      }
      expect(knc.events.filter(({ event }) => event === 'error')).toEqual([]);
      const deliveries = Object.keys(wanted).reduce((sum, name) => sum + sink.ids(name).length, 0);
      const repeated = Object.keys(wanted).reduce((sum, name) => sum + sink.ids(name).length - new Set(sink.ids(name)).size, 0);
      process.stdout.write(
        `seed ${SEED}: ${KILLS} kills, ${orders.length + news.length} events acknowledged, ${deliveries} deliveries, ${repeated} repeated\n`,
      );
      expect(Math.min(odd.length, news.length)).toBeGreaterThan(KILLS);
    },
    90_000 + KILLS * 10_000,
  );
});
