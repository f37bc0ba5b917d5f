import type { ResourceType } from '../../../../lib/api';
import { CountingExecutor, noLog, VirtualClock } from '../../../../lib/base';
import { JOB_ADMISSION_TOPIC } from '../../../../lib/control';
import { type Cluster, ClusterError } from '../../../../lib/kube';
import { JobAdmissionAnswers } from '../../../../lib/roles/cluster-answers';

function world(served: readonly string[]) {
  const executor = new CountingExecutor((error) => {
    throw error;
  });
  const clock = new VirtualClock(executor);
  const present = new Set<string>();
  const asked: string[] = [];
  const state = { down: false };
  const webhook = { caBundle: '', installed: false, allowed: true, ready: false };
  const list = async () => ({ items: [{ subsets: webhook.ready ? [{ addresses: [{ ip: '10.0.0.1' }] }] : [] }] });
  const get = async ({ version, kind }: ResourceType, _namespace: undefined, name: string) => {
    asked.push(`${version} ${name}`);
    if (kind === 'MutatingWebhookConfiguration') {
      if (state.down) throw new ClusterError('Unavailable', 'gone');
      if (!webhook.allowed) throw new ClusterError('Forbidden', 'not allowed');
      const { caBundle } = webhook;
      return webhook.installed
        ? { webhooks: [{ name: 'sinkbindings.webhook.sources.knative.dev', clientConfig: { caBundle } }] }
        : undefined;
    }
    if (state.down) throw new ClusterError('Unavailable', 'gone');
    if (!served.includes(version)) throw new ClusterError('NotFound', 'the server could not find the requested resource');
    return present.has(name) ? { kind } : undefined;
  };
  const jobs = new JobAdmissionAnswers({ cluster: { get, list } as unknown as Cluster, clock, executor, log: noLog });
  const answers: unknown[] = [];
  const ask = () => jobs.ask({ topic: JOB_ADMISSION_TOPIC, key: 'jobs', input: {} }, (_key, answer) => answers.push(answer));
  const install = () => {
    for (const name of ['subjects', 'jobs', 'pods']) present.add(`knc-sink-binding-${name}`);
  };
  return { clock, jobs, ask, answers, asked, install, present, state, webhook };
}

describe('who tells Jobs on a cluster', () => {
  test.each([['v1'], ['v1beta1']])('the policies, where they are there by %s', async (version) => {
    const { clock, ask, answers, install } = world([version]);
    install();
    ask();
    await clock.advance(0);
    expect(answers).toEqual([{ by: 'policy' }]);
  });

  test('nobody, where the cluster does not serve them or one of them is missing, until they are there', async () => {
    const { clock, ask, answers, install, present } = world(['v1']);
    install();
    present.delete('knc-sink-binding-pods');
    ask();
    await clock.advance(0);
    expect(answers).toEqual([{ by: 'none' }]);
    install();
    await clock.advance(30_000);
    expect(answers.at(-1)).toEqual({ by: 'policy' });
    const old = world([]);
    old.install();
    old.ask();
    await old.clock.advance(0);
    expect(old.answers).toEqual([{ by: 'none' }]);
  });

  test('the webhook, once API servers trust it and one of its pods is ready; while none is, nobody does, and it is said why', async () => {
    const { clock, ask, answers, webhook } = world([]);
    webhook.installed = true;
    ask();
    await clock.advance(0);
    const away = { by: 'none', why: expect.stringContaining('none of its pods is ready') };
    expect(answers).toEqual([away]);
    Object.assign(webhook, { caBundle: 'x', ready: true });
    await clock.advance(30_000);
    expect(answers.at(-1)).toEqual({ by: 'webhook' });
    webhook.ready = false;
    await clock.advance(30_000);
    expect(answers.at(-1)).toEqual(away);
    Object.assign(webhook, { caBundle: '', ready: true });
    await clock.advance(30_000);
    expect(answers.at(-1)).toEqual(away);
  });

  test('whoever may not look for a webhook installed none', async () => {
    const { clock, ask, answers, webhook, install } = world(['v1']);
    webhook.allowed = false;
    ask();
    await clock.advance(0);
    expect(answers).toEqual([{ by: 'none' }]);
    install();
    await clock.advance(30_000);
    expect(answers.at(-1)).toEqual({ by: 'policy' });
  });

  test('an API server that does not answer decides nothing', async () => {
    const { clock, ask, answers, install, state } = world(['v1']);
    install();
    state.down = true;
    ask();
    await clock.advance(0);
    expect(answers).toEqual([]);
    state.down = false;
    await clock.advance(30_000);
    expect(answers).toEqual([{ by: 'policy' }]);
  });

  test('nobody looks where no binding has a Job', async () => {
    const { clock, jobs, ask, asked } = world(['v1']);
    ask();
    await clock.advance(0);
    jobs.forget('jobs');
    const before = asked.length;
    await clock.advance(3_600_000);
    expect(asked).toHaveLength(before);
  });
});
