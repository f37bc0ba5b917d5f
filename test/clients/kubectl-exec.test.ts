import { hello } from './support/objects';
import { Session } from './support/session';
import { describeWith } from './support/tool';

describeWith(['kubectl'], 'kubectl exec', () => {
  let session: Session;
  const target = 'deploy/hello-world-deployment';

  beforeAll(async () => {
    session = await Session.start();
    await session.kubectlWith(hello(), 'apply', '-f', '-');
    await session.kubectl('wait', '--for=condition=Ready', 'ksvc/hello', '--timeout=30s');
  });

  afterAll(() => session?.stop());

  test('runs a command beside the program of the pod, in its environment', async () => {
    const script = 'console.log(process.env.K_REVISION, process.env.TARGET)';
    expect(await session.kubectl('exec', target, '--', 'node', '-e', script)).toBe('hello-world World\n');
  });

  test('hands standard input on, and both outputs back', async () => {
    const script = 'process.stdin.on("data",(d)=>process.stdout.write("in:"+d)).on("end",()=>process.stderr.write("err"))';
    const outcome = await session.try('kubectl', ['exec', '-i', target, '--', 'node', '-e', script], { input: 'hi' });
    expect(outcome).toEqual({ code: 0, stdout: 'in:hi', stderr: expect.stringContaining('err') });
  });

  test('ends with the exit code of the command', async () => {
    const { code, stderr } = await session.try('kubectl', ['exec', target, '--', 'node', '-e', 'process.exit(7)']);
    expect([code, stderr]).toEqual([7, expect.stringContaining('command terminated with exit code 7')]);
  });

  test('of a command that is not there says so', async () => {
    const { code, stderr } = await session.try('kubectl', ['exec', target, '--', 'no-such-program']);
    expect(code).not.toBe(0);
    expect(stderr).toContain('no-such-program');
  });
});
