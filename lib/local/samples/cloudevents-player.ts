/**
 * Stands for `cloudevents-player` of Knative's quickstart tutorial: a page on which one makes an event, sends it to a broker and
 * sees what comes back. Where events go: see `brokerUrl`. `PORT` defaults to 8080.
 */
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { RealClock } from '../../base/clock';
import { brokerUrl } from './cloudevents-player/broker-url';
import { MessageLog } from './cloudevents-player/message-log';
import { PlayerServer } from './cloudevents-player/player-server';
import { exitGracefully } from './graceful-exit';

const NAMESPACE_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/namespace';
const port = Number(process.env['PORT'] || 8080);

/** The namespace of a pod in a cluster; undefined elsewhere. */
function podNamespace(): string | undefined {
  try {
    return readFileSync(NAMESPACE_FILE, 'utf8').trim();
  } catch {
    return undefined;
  }
}

function start(): void {
  const clock = new RealClock();
  const broker = brokerUrl(process.env, { port, namespace: podNamespace() });
  const script = readFileSync(join(__dirname, 'cloudevents-player-page.js'), 'utf8');
  const player = new PlayerServer({ broker, script, clock, log: new MessageLog(clock) });
  process.once('SIGTERM', () => player.endStreams());
  exitGracefully(player.server);
  player.server.listen(port, () => {
    const at = (player.server.address() as AddressInfo).port;
    console.log(`cloudevents-player: listening on port ${at}, sends to ${broker.shown}`);
  });
}

try {
  start();
} catch (error) {
  if (!(error instanceof RangeError)) throw error;
  console.error(`cloudevents-player: ${error.message}`);
  process.exitCode = 1;
}
