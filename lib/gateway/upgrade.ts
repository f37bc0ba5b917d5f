import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { Readable } from 'node:stream';
import { type Forwarder, finish, type Passage } from './forward';
import { endToEnd, headerValue } from './headers';
import type { Inbound, Outbound, RawHeaders, UpgradeSocket } from './message';
import type { Destination } from './resolver';
import type { PodTransport, UpgradeResponse } from './transport';

/**
 * Takes a request to change protocols to a pod and, if the pod agrees, joins the two sockets until either ends. The connection
 * counts as one request all that time, within the revision's time limits as upstream's.
 */
export class Upgrader {
  constructor(
    private readonly transport: PodTransport,
    private readonly forwarder: Forwarder,
  ) {}

  async upgrade(inbound: Inbound, destination: Destination, client: UpgradeSocket): Promise<void> {
    const protocol = headerValue(inbound.headers, 'upgrade') ?? '';
    const outcome = await this.forwarder.offer(inbound, destination, ({ lease, request, timer }) => {
      const headers = ['Connection', 'Upgrade', 'Upgrade', protocol, ...request.headers];
      return this.transport.upgrade(lease.target, { ...request, headers }, timer);
    });
    if (!('passage' in outcome)) {
      writeOutbound(client.socket, outcome);
      return;
    }
    const done = () => finish(outcome.passage, destination.backend);
    if (outcome.answer.upgraded) join(client, outcome.answer, outcome.passage, done);
    else {
      const { response } = outcome.answer;
      writeOutbound(client.socket, { ...response, headers: endToEnd(response.headers) });
      client.socket.once('close', done);
    }
  }
}

/** Writes an ordinary answer to a socket that no server speaks for any more, and closes it. */
export function writeOutbound(socket: Duplex, { status, headers, body }: Outbound): void {
  socket.on('error', () => socket.destroy());
  socket.write(head(status, [...headers, 'Connection', 'close']));
  if (body instanceof Readable) body.on('error', () => socket.destroy()).pipe(socket);
  else socket.end(body ?? undefined);
}

function head(status: number, headers: RawHeaders): string {
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let i = 0; i < headers.length; i += 2) text += `${headers[i]}: ${headers[i + 1]}\r\n`;
  return `${text}\r\n`;
}

function join(client: UpgradeSocket, pod: UpgradeResponse & { upgraded: true }, { timer }: Passage, done: () => void): void {
  const sides = [client.socket, pod.socket];
  let open = true;
  const end = () => {
    if (!open) return;
    open = false;
    for (const side of sides) side.destroy();
    done();
  };
  timer.addEventListener('abort', end);
  for (const side of sides) {
    side.on('error', end);
    side.on('close', end);
    side.on('data', () => timer.wrote());
  }
  const answer = endToEnd(pod.headers);
  client.socket.write(head(101, ['Connection', 'Upgrade', 'Upgrade', headerValue(pod.headers, 'upgrade') ?? '', ...answer]));
  if (pod.head.length > 0) client.socket.write(pod.head);
  if (client.head.length > 0) pod.socket.write(client.head);
  client.socket.pipe(pod.socket);
  pod.socket.pipe(client.socket);
}
