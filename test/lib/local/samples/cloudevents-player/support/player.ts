import http, { type IncomingHttpHeaders, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { RealClock } from '../../../../../../lib/base/clock';
import { MessageLog } from '../../../../../../lib/local/samples/cloudevents-player/message-log';
import { PlayerServer } from '../../../../../../lib/local/samples/cloudevents-player/player-server';

export interface Delivery {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A player and the broker that it sends to, both on loopback. */
export interface Stage {
  readonly url: string;
  readonly brokerUrl: string;
  readonly deliveries: readonly Delivery[];
  close(): Promise<void>;
}

async function listen(server: http.Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function close(server: http.Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}

/** @param answer of the broker, once it has read the event. @default 202 */
export async function stage({ script = '', answer }: { script?: string; answer?: RequestListener } = {}): Promise<Stage> {
  const deliveries: Delivery[] = [];
  const broker = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      deliveries.push({ headers: request.headers, body });
      if (answer) answer(request, response);
      else response.writeHead(202).end();
    });
  });
  const brokerUrl = `${await listen(broker)}/default/example`;
  const clock = new RealClock({ unref: true });
  const player = new PlayerServer({
    broker: { url: new URL(brokerUrl), shown: brokerUrl },
    log: new MessageLog(clock),
    clock,
    script,
  });
  const url = await listen(player.server);
  const end = async () => {
    await close(player.server);
    if (broker.listening) await close(broker);
  };
  return { url, brokerUrl, deliveries, close: end };
}

/** Headers of an event in binary mode. */
export const attributes = { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-type': 'dev.test', 'ce-source': '/test' };
