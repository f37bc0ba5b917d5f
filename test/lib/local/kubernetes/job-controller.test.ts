import { type Job, JobType, type Pod, PodType, type Stored } from '../../../../lib/api';
import { timestamp } from '../../../../lib/base';
import { World } from './world';

const job = (more: Partial<Job['spec']> = {}, restartPolicy = 'Never'): Job => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { namespace: 'default', name: 'report' },
  spec: { template: { spec: { restartPolicy, containers: [{ name: 'main', image: 'example.com/report' }] } }, ...more },
});

describe('A Job', () => {
  let world: World;
  beforeEach(async () => {
    world = await new World().start();
  });
  afterEach(() => world.kubernetes.stop());

  const create = async (object: Job) => {
    await world.cluster.create(JobType, object);
    await world.settle();
  };
  const stored = async () => world.cluster.get(JobType, 'default', 'report');
  const status = async () => (await stored())!.status!;
  const conditions = async () => (await status()).conditions?.map(({ type, status: is, reason }) => [type, is, reason]);
  const running = async () => (await world.pods()).filter((pod) => !['Succeeded', 'Failed'].includes(pod.status?.phase ?? ''));
  const ends = async (pod: Stored<Pod>, phase: 'Succeeded' | 'Failed') => {
    const finishedAt = timestamp(world.clock.now());
    const state = { terminated: { exitCode: phase === 'Failed' ? 1 : 0, finishedAt } };
    const containerStatuses = [{ name: 'main', ready: false, restartCount: 0, state }];
    await world.cluster.updateStatus(PodType, { ...pod, status: { phase, containerStatuses } });
    await world.settle();
  };
  const endAll = async (phase: 'Succeeded' | 'Failed') => {
    for (const pod of await running()) await ends(pod, phase);
  };

  test('runs one pod to its end, and is complete', async () => {
    await create(job());
    const [pod] = await world.pods();
    expect(pod!.metadata).toMatchObject({
      name: expect.stringMatching(/^report-[a-z0-9]{5}$/),
      labels: {
        'job-name': 'report',
        'batch.kubernetes.io/job-name': 'report',
        'controller-uid': (await stored())!.metadata.uid,
      },
      ownerReferences: [{ kind: 'Job', name: 'report', controller: true }],
    });
    expect(await status()).toEqual({ startTime: timestamp(world.clock.now()), active: 1, ready: 0, terminating: 0 });
    await world.clock.advance(5000);
    await endAll('Succeeded');
    expect(await status()).toMatchObject({ succeeded: 1, ready: 0, completionTime: timestamp(world.clock.now()) });
    expect(await conditions()).toEqual([
      ['SuccessCriteriaMet', 'True', 'CompletionsReached'],
      ['Complete', 'True', 'CompletionsReached'],
    ]);
    expect((await status()).active).toBeUndefined();
    expect(await running()).toHaveLength(0);
  });

  test('runs as many pods at once as it may, until enough have succeeded', async () => {
    await create(job({ completions: 5, parallelism: 2 }));
    expect(await running()).toHaveLength(2);
    await endAll('Succeeded');
    expect(await running()).toHaveLength(2);
    await endAll('Succeeded');
    expect(await running()).toHaveLength(1);
    await endAll('Succeeded');
    expect(await status()).toMatchObject({ succeeded: 5 });
    expect((await conditions())!.at(-1)).toEqual(['Complete', 'True', 'CompletionsReached']);
    expect(await world.pods()).toHaveLength(5);
  });

  test('counts pods that have succeeded and were deleted since', async () => {
    await create(job({ completions: 2 }));
    await endAll('Succeeded');
    const [done] = (await world.pods()).filter((pod) => pod.status?.phase === 'Succeeded');
    await world.end(done!);
    await world.settle();
    await endAll('Succeeded');
    expect(await status()).toMatchObject({ succeeded: 2 });
    expect((await conditions())!.at(-1)![0]).toBe('Complete');
  });

  test('tries again after failures, later each time, and gives up beyond its limit', async () => {
    await create(job({ backoffLimit: 2 }));
    await endAll('Failed');
    expect(await running()).toHaveLength(0);
    await world.clock.advance(9_999);
    expect(await running()).toHaveLength(0);
    await world.clock.advance(1);
    expect(await running()).toHaveLength(1);
    await endAll('Failed');
    await world.clock.advance(19_999);
    expect(await running()).toHaveLength(0);
    await world.clock.advance(1);
    await endAll('Failed');
    expect(await status()).toMatchObject({ failed: 3 });
    expect(await conditions()).toEqual([
      ['FailureTarget', 'True', 'BackoffLimitExceeded'],
      ['Failed', 'True', 'BackoffLimitExceeded'],
    ]);
    await world.clock.advance(3_600_000);
    expect(await world.pods()).toHaveLength(3);
  });

  test('with containers that are started again, counts their restarts', async () => {
    await create(job({ backoffLimit: 1 }, 'OnFailure'));
    const [pod] = await world.pods();
    const containerStatuses = [{ name: 'main', ready: false, restartCount: 1, state: { running: {} } }];
    await world.cluster.updateStatus(PodType, { ...pod!, status: { phase: 'Running', containerStatuses } });
    await world.settle();
    const [ending] = await world.pods();
    expect(ending!.metadata.deletionTimestamp).toBeDefined();
    expect((await conditions())!.map(([type]) => type)).toEqual(['FailureTarget']);
    await world.end(ending!);
    await world.settle();
    expect((await conditions())!.map(([type]) => type)).toEqual(['FailureTarget', 'Failed']);
  });

  test('is ended when it has run for longer than it may', async () => {
    await create(job({ activeDeadlineSeconds: 30 }));
    await world.clock.advance(29_999);
    expect(await running()).toHaveLength(1);
    await world.clock.advance(1);
    const [pod] = await world.pods();
    expect(pod!.metadata.deletionTimestamp).toBeDefined();
    await world.end(pod!);
    await world.settle();
    expect((await conditions())!.at(-1)).toEqual(['Failed', 'True', 'DeadlineExceeded']);
    expect((await status()).failed).toBeUndefined();
  });

  test('without a number of completions, is done when one pod has succeeded and none runs', async () => {
    await create(job({ parallelism: 3 }));
    const [first, second, third] = await running();
    await ends(first!, 'Succeeded');
    expect(await running()).toHaveLength(2);
    await ends(second!, 'Succeeded');
    expect(await conditions()).toBeUndefined();
    await ends(third!, 'Succeeded');
    expect((await conditions())!.at(-1)![0]).toBe('Complete');
  });

  test('that is suspended runs no pods until it goes on', async () => {
    await create(job({ suspend: true }));
    expect(await world.pods()).toHaveLength(0);
    expect(await conditions()).toEqual([['Suspended', 'True', 'JobSuspended']]);
    await world.cluster.patch(JobType, 'default', 'report', 'merge', { spec: { suspend: false } });
    await world.settle();
    expect(await running()).toHaveLength(1);
    expect(await conditions()).toEqual([['Suspended', 'False', 'JobResumed']]);
  });

  test('goes a while after its end, and takes its pods along', async () => {
    await create(job({ ttlSecondsAfterFinished: 60 }));
    await endAll('Succeeded');
    await world.clock.advance(59_999);
    expect(await stored()).toBeDefined();
    await world.clock.advance(1);
    expect(await stored()).toBeUndefined();
    await world.clock.advance(31_000);
    expect((await world.pods()).filter((pod) => !pod.metadata.deletionTimestamp)).toHaveLength(0);
  });

  test.each<[string, Job, string]>([
    [
      'whose pods never end',
      job({}, 'Always'),
      'spec.template.spec.restartPolicy: Required value: valid values: "OnFailure", "Never"',
    ],
    [
      'with a negative number',
      job({ completions: -1 }),
      'spec.completions: Invalid value: -1: must be greater than or equal to 0',
    ],
    [
      'with what is not to be had here',
      job({ completionMode: 'Indexed', completions: 2 }),
      'spec.completionMode: Unsupported value: "Indexed"',
    ],
    ['with a selector of its own', job({ selector: { matchLabels: { a: 'b' } } }), '`selector` not auto-generated'],
  ])('%s is refused', async (_what, object, message) => {
    await expect(world.cluster.create(JobType, object)).rejects.toThrow(message);
  });

  test('keeps its template', async () => {
    await create(job());
    const patch = [{ op: 'replace' as const, path: '/spec/template/spec/containers/0/image', value: 'example.com/other' }];
    await expect(world.cluster.patch(JobType, 'default', 'report', 'json', patch)).rejects.toThrow('field is immutable');
  });
});
