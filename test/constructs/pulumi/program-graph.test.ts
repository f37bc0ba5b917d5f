import { Service } from '@pulumi/kubernetes/core/v1';
import * as pulumi from '@pulumi/pulumi';
import { Broker, Channel, Delivery, KnService, PingSource, Trigger } from '../../../constructs/pulumi';
import { mockPulumi } from './mocks';

mockPulumi();

let warn: jest.SpyInstance<Promise<void>, Parameters<typeof pulumi.log.warn>>;
beforeEach(() => {
  warn = jest.spyOn(pulumi.log, 'warn').mockResolvedValue(undefined);
});
afterEach(() => warn.mockRestore());

const shown = () => warn.mock.calls.map(([line]) => line.replace(/^KNC1101 /, '').replace(/ — .*\(silence/, ' (silence'));

/** What is warned of when this program has run, without code and remedy; the rule at the end. */
async function said(program: () => unknown): Promise<readonly string[]> {
  await pulumi.runtime.runInPulumiStack(async () => {
    await program();
    return {};
  });
  await pulumi.runtime.disconnect();
  return shown();
}

const hello = () => new KnService('hello', { image: 'app' });

// First: the stacks of the others stay.
test('without a stack, as in tests, it is told once what has been made is known', async () => {
  new Trigger('lost', { broker: 'orders', to: hello() });
  await pulumi.runtime.disconnect();
  expect(shown()).toEqual(["spec.broker: nothing in this app makes Broker orders (silence: 'dangling-sink')"]);
});

describe('when a program has run, Pulumi is told of', () => {
  test('a name that nothing in the program makes, at the component that has it', async () => {
    let trigger: Trigger | undefined;
    const lines = await said(() => {
      trigger = new Trigger('lost', { broker: 'orders', to: hello() });
    });
    expect(lines).toEqual(["spec.broker: nothing in this app makes Broker orders (silence: 'dangling-sink')"]);
    const [[line, component]] = warn.mock.calls as [Parameters<typeof pulumi.log.warn>];
    expect(component).toBe(trigger);
    expect(line).toContain('or the program makes it in another way, silence this.');
  });

  test('a way that goes round for ever', async () => {
    const lines = await said(() => {
      const orders = new Broker('orders', {});
      const bills = new Broker('bills', {});
      new Trigger('there', { broker: orders, to: bills });
      new Trigger('back', { broker: bills, to: orders });
    });
    expect(lines).toEqual([expect.stringMatching(/^spec.filters: events go round for ever: .*'endless-cycle'\)$/)]);
  });

  test('a trigger that asks for events of a source that is not there', async () => {
    const lines = await said(() => {
      const orders = new Broker('orders', {});
      new Trigger('adds', { broker: orders, type: 'dev.knative.apiserver.ref.add', to: hello() });
      new PingSource('tick', { sink: orders, schedule: '* * * * *' });
    });
    expect(lines).toEqual([expect.stringMatching(/no event that is declared for Broker orders .*'never-matches'\)$/)]);
  });

  test('dead letters that nobody reads', async () => {
    const lines = await said(() => {
      new Broker('orders', { delivery: Delivery.retry(1).deadLetter(new Channel('letters')) });
    });
    expect(lines).toEqual([
      "spec.delivery.deadLetterSink: Channel letters gets what cannot be delivered, and nobody reads it (silence: 'unread-dead-letters')",
    ]);
  });
});

describe('nothing is said of', () => {
  test('what is silenced by its name', async () => {
    const silence = ['dangling-sink'] as const;
    expect(await said(() => new Trigger('lost', { broker: 'orders', to: hello(), silence }))).toEqual([]);
  });

  test('what the program makes later, or by a resource of its own', async () => {
    const lines = await said(async () => {
      const plain = new Service('plain', { metadata: { name: 'plain' }, spec: { ports: [{ port: 80 }] } });
      new Trigger('late', { broker: 'orders', to: plain });
      await new Promise(setImmediate);
      new Broker('orders', {});
      pulumi.output(Promise.resolve('bills')).apply((name) => new Broker(name, {}));
      new Trigger('other', { broker: 'bills', to: plain });
    });
    expect(lines).toEqual([]);
  });

  test('kinds that no component here makes', async () => {
    const to = { apiVersion: 'v1', kind: 'Service', name: 'plain' };
    expect(await said(() => new Trigger('plain', { broker: new Broker('orders', {}), to }))).toEqual([]);
  });
});
