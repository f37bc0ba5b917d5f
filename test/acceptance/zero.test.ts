import { Chart, Testing } from 'cdk8s';
import { KnService } from 'knative-constructs';
import type { KubeObject } from '../../lib/api';
import { localServingConfig } from '../../lib/roles';
import { get } from './support/knc';
import { RealSystem, until } from './support/real-system';

const SERVER = `
const server = require('node:http').createServer((_, answer) => answer.end(String(process.pid)));
server.listen(process.env.PORT);
process.on('SIGTERM', () => server.close());`;

/** As short as upstream's limits allow. */
const config = {
  ...localServingConfig,
  autoscaler: { ...localServingConfig.autoscaler, stableWindow: 6000, scaleToZeroGracePeriod: 1000 },
};

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

test('a process that nobody asks ends, and the next request starts another one in a moment', async () => {
  const real = await RealSystem.start(
    [{ image: 'example.com/app', program: { command: [process.execPath, '-e', SERVER] } }],
    config,
  );
  const chart = new Chart(Testing.app(), 'zero');
  new KnService(chart, 'hello', { name: 'hello', image: 'example.com/app' });
  await real.apply(Testing.synth(chart)[0] as KubeObject);
  const ask = () => get(real.system.gatewayUrl!, 'hello.default.localhost');

  const warm = await ask();
  expect(warm.headers['server-timing']).not.toContain('cold');
  await until('zero pods', async () => (await real.pods('hello-00001')).length === 0);
  await until('the process to end', () => !isAlive(Number(warm.text)));

  const cold = await ask();
  expect(cold).toMatchObject({ status: 200, text: expect.not.stringMatching(`^${warm.text}$`) });
  const timing = String(cold.headers['server-timing']);
  expect(timing).toMatch(/^queue;dur=[\d.]+, start;dur=[\d.]+, probe;dur=[\d.]+, app;dur=[\d.]+, cold$/);
  expect(Number(/queue;dur=([\d.]+)/.exec(timing)![1])).toBeLessThan(2000);
  expect((await ask()).headers['server-timing']).not.toContain('cold');
  await real.stop();
  expect(isAlive(Number(cold.text))).toBe(false);
});
