import http from 'node:http';
import { until } from '../acceptance/support/real-system';
import { hello } from './support/objects';
import { Session } from './support/session';
import { describeWith } from './support/tool';

/** The answer to a request to this port of the loopback address. */
const call = (port: number): Promise<string> =>
  new Promise((resolve, reject) => {
    http
      .get({ host: '127.0.0.1', port, agent: false }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (more: string) => {
          text += more;
        });
        response.on('end', () => resolve(text));
      })
      .on('error', reject);
  });

describeWith(['kubectl'], 'kubectl port-forward', () => {
  let session: Session;

  beforeAll(async () => {
    session = await Session.start();
    await session.kubectlWith(hello(), 'apply', '-f', '-');
    await session.kubectl('wait', '--for=condition=Ready', 'ksvc/hello', '--timeout=30s');
  });

  afterAll(() => session?.stop());

  test('leads a port of this machine to the port that a pod declares', async () => {
    const ending = new AbortController();
    let text = '';
    const running = session.try('kubectl', ['port-forward', 'deploy/hello-world-deployment', ':8080'], {
      signal: ending.signal,
      onStdout: (more) => {
        text += more;
      },
    });
    const port = await until('the port', () => /Forwarding from 127\.0\.0\.1:(\d+) -> 8080/.exec(text)?.[1]);
    expect(await call(Number(port))).toBe('Hello World!\n');
    expect(await call(Number(port))).toBe('Hello World!\n');
    ending.abort();
    await running;
  });
});
