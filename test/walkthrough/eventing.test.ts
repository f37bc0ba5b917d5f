import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { get, Knc } from '../acceptance/support/knc';
import { until } from '../acceptance/support/real-system';
import { Session } from '../clients/support/session';
import { describeWith } from '../clients/support/tool';
import { type Deviation, deviations } from './support/deviations';
import { type EventingStep, eventingFacts } from './support/eventing-facts';
import { listedEventingDeviations } from './support/listed-eventing-deviations';
import { object } from './support/normalize';

const HOST = 'cloudevents-player.default.127.0.0.1.sslip.io';

const player = `apiVersion: serving.knative.dev/v1
kind: Service
metadata:
  name: cloudevents-player
spec:
  template:
    metadata:
      annotations:
        autoscaling.knative.dev/min-scale: "1"
    spec:
      containers:
        - image: ruromero/cloudevents-player:latest
          env:
            - name: BROKER_URL
              value: http://broker-ingress.knative-eventing.svc.cluster.local/default/example-broker
`;

const trigger = `apiVersion: eventing.knative.dev/v1
kind: Trigger
metadata:
  name: cloudevents-trigger
  annotations:
    knative-eventing-injection: enabled
spec:
  broker: example-broker
  subscriber:
    ref:
      apiVersion: serving.knative.dev/v1
      kind: Service
      name: cloudevents-player
`;

interface Message {
  readonly type: string;
  readonly specversion: string;
  readonly id: string;
  readonly eventType: string;
  readonly source: string;
  readonly datacontenttype: string;
  readonly extensions: Readonly<Record<string, string>>;
  readonly data: unknown;
}

interface Conditions {
  readonly metadata: object;
  readonly status: { readonly conditions: readonly { readonly type: string }[] };
}

describeWith(['kubectl', 'kn'], 'the Eventing walkthrough, command by command', () => {
  let session: Session;
  const found: Deviation[] = [];
  const checked = new Set<EventingStep>();

  const check = (step: EventingStep, here: unknown): void => {
    checked.add(step);
    found.push(...deviations(step, eventingFacts[step], here));
  };
  const messages = async () => JSON.parse((await get(session.gateway, HOST, '/messages')).text) as readonly Message[];

  /** What the page does when its button is clicked. */
  async function send(): Promise<Message> {
    const { attributes, data } = eventingFacts['the event of the page'];
    const request = http.request(new URL('/messages', session.gateway), {
      ...{ method: 'POST', agent: false },
      headers: {
        ...{ host: HOST, 'content-type': attributes.datacontenttype, 'ce-specversion': attributes.specversion },
        ...{ 'ce-id': attributes.id, 'ce-source': attributes.source, 'ce-type': attributes.type },
      },
    });
    request.end(JSON.stringify(data));
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(202);
    return JSON.parse(await text(answer)) as Message;
  }

  /** What `knc events` prints for people, times apart. */
  async function events(): Promise<string[]> {
    const knc = new Knc(session.work, 'events', '--once', '--kubeconfig', session.kubeconfig);
    try {
      expect(await knc.exit()).toBe(0);
      return knc.stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.replace(/^\S+ /, ''));
    } finally {
      await knc.end();
    }
  }

  beforeAll(async () => {
    session = await Session.start();
  });

  afterAll(() => session?.stop());

  test('quickstart has made a broker', async () => {
    await session.kubectl('wait', '--for=condition=Ready', 'broker/example-broker', '--timeout=30s');
    const { status, ...rest } = object(await session.json<Conditions>('get', 'brokers.eventing.knative.dev', 'example-broker'));
    const { conditions, ...others } = status as Conditions['status'];
    const byType = Object.fromEntries(conditions.map((condition) => [condition.type, condition]));
    check('kubectl get broker example-broker -o yaml', { ...rest, status: { ...others, conditions: byType } });
  });

  test('the player has a page', async () => {
    await session.kubectl('apply', '-f', session.file('player.yaml', player));
    await session.kubectl('wait', '--for=condition=Ready', 'ksvc/cloudevents-player', '--timeout=30s');
    const { status, headers, text: page } = await session.get(HOST);
    expect([status, headers['content-type']]).toEqual([200, expect.stringContaining('text/html')]);
    expect(page).toContain('<title>');
  });

  test('an event that is sent without a trigger is dropped, and knc events says so', async () => {
    const { type, data, extensions, eventType, ...rest } = await send();
    const { id, source, specversion, datacontenttype } = rest;
    check('the event of the page', {
      attributes: { id, source, specversion, datacontenttype, type: eventType },
      data,
      extensions,
    });
    expect(type).toBe('SENT');
    const dropped = 'dropped: nobody wants it (no trigger or subscription matches)';
    expect(await events()).toEqual([`broker/default/example-broker test-type 123 ${dropped}`]);
    check(
      'messages without a trigger',
      (await messages()).map((message) => message.type),
    );
  });

  test('with a trigger it comes back', async () => {
    const file = session.file('trigger.yaml', trigger);
    expect(await session.kubectl('apply', '-f', file)).toBe('trigger.eventing.knative.dev/cloudevents-trigger created\n');
    await session.kubectl('wait', '--for=condition=Ready', 'trigger/cloudevents-trigger', '--timeout=30s');
    await send();
    const all = await until('the event to come back', async () => {
      const list = await messages();
      return list.length > 2 && list;
    });
    check(
      'messages with the trigger',
      all.map(({ type }) => type),
    );
    expect(all[0]).toMatchObject({
      id: '123',
      eventType: 'test-type',
      source: 'manual',
      data: { message: 'Hello CloudEvents!' },
    });
    const delivered = 'broker/default/example-broker test-type 123 delivered to default/cloudevents-trigger';
    await until('the delivery in the journal', async () => (await events()).at(-1) === delivered);
  });

  test('every step was taken, and what differs from the walkthrough is listed', () => {
    expect([...checked].sort()).toEqual(Object.keys(eventingFacts).sort());
    const key = ({ step, path }: Deviation) => `${step} ${path}`;
    const sorted = (list: readonly Deviation[]) => [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
    expect(sorted(found)).toEqual(sorted(listedEventingDeviations.flatMap(({ values }) => values)));
  });
});
