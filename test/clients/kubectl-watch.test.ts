import { until } from '../acceptance/support/real-system';
import { hello, settings } from './support/objects';
import { Session } from './support/session';
import { describeWith } from './support/tool';

describeWith(['kubectl'], 'kubectl', () => {
  let session: Session;
  const kubectl = (...args: string[]) => session.kubectl(...args);

  beforeAll(async () => {
    session = await Session.start();
    await session.kubectlWith(hello(), 'apply', '-f', '-');
  });

  afterAll(() => session?.stop());

  /** Runs a kubectl that does not end by itself while `body` runs. */
  async function during(args: readonly string[], body: (output: () => string) => Promise<void>): Promise<void> {
    const ending = new AbortController();
    let text = '';
    const running = session.try('kubectl', args, {
      signal: ending.signal,
      onStdout: (more) => {
        text += more;
      },
    });
    try {
      await body(() => text);
    } finally {
      ending.abort();
      await running;
    }
  }

  describe('wait', () => {
    test('for a condition ends when it is met', async () => {
      expect(await kubectl('wait', '--for=condition=Ready', 'ksvc/hello', '--timeout=30s')).toBe(
        'service.serving.knative.dev/hello condition met\n',
      );
      expect(
        await kubectl('wait', '--for=condition=Ready=true', 'pod', '-l', 'serving.knative.dev/service=hello', '--timeout=30s'),
      ).toMatch(/^pod\/hello-world-deployment-\S+ condition met\n$/);
    });

    test('gives up after its time', async () => {
      expect(await session.refusal('wait', '--for=condition=Never', 'ksvc/hello', '--timeout=1s')).toBe(
        'error: timed out waiting for the condition on services/hello',
      );
    });

    test('for what is created and deleted meanwhile', async () => {
      const created = kubectl('wait', '--for=create', 'cm/later', '--timeout=30s');
      await session.kubectlWith(settings({}, 'later'), 'create', '-f', '-');
      expect(await created).toBe('configmap/later condition met\n');
      const deleted = kubectl('wait', '--for=delete', 'cm/later', '--timeout=30s');
      await kubectl('delete', 'cm', 'later');
      expect(await deleted).toMatch(/^(configmap\/later condition met\n)?$/);
    });

    test('for a field to have a value', async () => {
      expect(
        await kubectl('wait', '--for=jsonpath={.status.latestReadyRevisionName}=hello-world', 'ksvc/hello', '--timeout=30s'),
      ).toBe('service.serving.knative.dev/hello condition met\n');
    });
  });

  describe('get --watch', () => {
    test('prints what is there, then each change as a line', async () => {
      await session.kubectlWith(settings({ a: '1' }, 'watched'), 'create', '-f', '-');
      await during(['get', 'cm', 'watched', '-w'], async (output) => {
        await until('the first line', () => output().split('\n').length > 2);
        await kubectl('patch', 'cm', 'watched', '--type=merge', '-p', '{"data":{"b":"2"}}');
        await until('a second line', () => output().split('\n').length > 3);
        expect(output()).toMatch(/^NAME\s+DATA\s+AGE\nwatched\s+1\s+\d+s\nwatched\s+2\s+\d+s\n$/);
      });
    });

    test('names the kind of each change with --output-watch-events', async () => {
      await during(['get', 'cm', '-w', '--output-watch-events'], async (output) => {
        await until('what is there', () => /ADDED\s+watched/.test(output()));
        await kubectl('delete', 'cm', 'watched');
        await until('the deletion', () => /^DELETED\s+watched\s+2\s+/m.test(output()));
        expect(output()).toMatch(/^EVENT\s+NAME\s+DATA\s+AGE\n/);
      });
    });

    test('follows only what a selector lets through', async () => {
      const labeled = (name: string, color: string) =>
        settings({}, name).replace('metadata:\n', `metadata:\n  labels: {color: ${color}}\n`);
      await during(['get', 'cm', '-l', 'color=red', '--watch-only', '--output-watch-events'], async (output) => {
        await until('the watch', async () => {
          await session.kubectlWith(labeled('red', 'red'), 'apply', '-f', '-');
          await kubectl('annotate', 'cm', 'red', '--overwrite', `at=${process.hrtime.bigint()}`);
          return output() !== '';
        });
        await session.kubectlWith(labeled('blue', 'blue'), 'create', '-f', '-');
        await kubectl('label', 'cm', 'red', 'color=green', '--overwrite');
        await until('its leaving', () => output().includes('DELETED'));
        expect(output()).not.toContain('blue');
      });
    });
  });

  describe('logs', () => {
    const selector = ['-l', 'serving.knative.dev/service=hello'];
    const call = () => session.get('hello.default.127.0.0.1.sslip.io');

    test('are what the pod printed', async () => {
      await call();
      const text = await kubectl('logs', ...selector, '--tail=-1');
      expect(text).toMatch(/^helloworld: listening on port \d+\nhelloworld: received a request\n/);
      expect(await kubectl('logs', 'deploy/hello-world-deployment', '--tail=1')).toBe('helloworld: received a request\n');
      expect(await kubectl('logs', ...selector, '--timestamps', '--tail=1')).toMatch(
        /^\d{4}-\d\d-\d\dT\S+Z helloworld: received a request\n$/,
      );
      expect(await kubectl('logs', ...selector, '-c', 'user-container', '--prefix', '--tail=1')).toMatch(
        /^\[pod\/hello-world-deployment-\S+\/user-container\] helloworld: received a request\n$/,
      );
    });

    test('are followed with -f', async () => {
      await during(['logs', '-f', ...selector, '--tail=0'], async (output) => {
        await until('a line of a request', async () => {
          await call();
          return output().includes('helloworld: received a request\n');
        });
      });
    });

    test('of a container that is not there are refused', async () => {
      expect(await session.refusal('logs', 'deploy/hello-world-deployment', '-c', 'nope')).toMatch(
        /container nope is not valid for pod hello-world-deployment-\S+/,
      );
    });
  });
});
