import { Session } from './support/session';
import { cells } from './support/text';
import { describeWith } from './support/tool';

const IMAGE = 'gcr.io/knative-samples/helloworld-go';
/** A job of a program that never ends by itself. */
const endless = `apiVersion: batch/v1
kind: Job
metadata: {name: endless}
spec:
  activeDeadlineSeconds: 1
  template:
    spec:
      restartPolicy: Never
      terminationGracePeriodSeconds: 1
      containers: [{name: main, image: ${IMAGE}}]
`;

describeWith(['kubectl'], 'kubectl with Jobs', () => {
  let session: Session;
  const kubectl = (...args: string[]) => session.kubectl(...args);

  beforeAll(async () => {
    session = await Session.start();
  });

  afterAll(() => session?.stop());

  test('makes one, shows it and its pod, reads its log and deletes both', async () => {
    expect(await kubectl('create', 'job', 'hello', `--image=${IMAGE}`)).toContain('job.batch/hello created');
    await kubectl('wait', '--for=condition=Ready', 'pod', '-l', 'job-name=hello', '--timeout=30s');
    const [head, [name, status, completions] = []] = cells(await kubectl('get', 'jobs'));
    expect(head).toEqual(['NAME', 'STATUS', 'COMPLETIONS', 'DURATION', 'AGE']);
    expect([name, status, completions]).toEqual(['hello', 'Running', '0/1']);
    await kubectl('logs', 'job/hello');
    await kubectl('delete', 'job', 'hello', '--wait');
    await kubectl('wait', '--for=delete', 'pod', '-l', 'job-name=hello', '--timeout=60s');
    expect(await kubectl('get', 'jobs', '-o', 'name')).toBe('');
  });

  test('waits for the end of one that runs for longer than it may', async () => {
    await session.kubectlWith(endless, 'apply', '-f', '-');
    expect(await kubectl('wait', '--for=condition=failed', 'job/endless', '--timeout=30s')).toContain('condition met');
    expect(cells(await kubectl('get', 'job', 'endless'))[1]!.slice(0, 3)).toEqual(['endless', 'Failed', '0/1']);
    expect(await kubectl('describe', 'job', 'endless')).toContain('Job was active longer than specified deadline');
  });
});
