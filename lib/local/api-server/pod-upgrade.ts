import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';
import type { Pod, Stored } from '../../api';
import { ClusterError } from '../../kube';
import type { ExecProcess } from '../pods';
import { acceptWebSocket, offeredProtocols } from './accept-websocket';
import { CHANNEL_PROTOCOLS, ChannelSocket } from './channel-socket';
import { flag } from './list-query';
import type { PodAccess } from './pod-access';
import { chosenContainer, containerStatus } from './pod-container';
import { connectExec, connectLog, endSoon, reportStartFailure } from './pod-exec';
import { forwardPorts, PORT_FORWARD_PROTOCOL } from './port-forward/port-forward';
import { existing } from './reads';
import { noResource, type ServerParts } from './resource-request';
import type { Subject } from './status';

/** A request to go on with another protocol, and the connection. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly head: Buffer;
  readonly query: URLSearchParams;
}

/** Takes over a connection for `exec`, `attach` or `port-forward`. @throws ClusterError before it has been taken over */
export async function upgradePod(upgrade: Upgrade, subject: Subject, parts: ServerParts): Promise<void> {
  const { subresource } = subject.path;
  const { pods } = parts;
  if (!pods || (subresource !== 'exec' && subresource !== 'attach' && subresource !== 'portforward')) throw noResource();
  const pod = (await existing(subject)) as unknown as Stored<Pod>;
  if (subresource === 'portforward') return portForward(upgrade, pod, parts);
  const container = chosenContainer(pod, upgrade.query.get('container'));
  if (pod.status?.phase === 'Succeeded' || pod.status?.phase === 'Failed') {
    const why = `cannot exec into a container in a completed pod; current phase is ${pod.status.phase}`;
    throw new ClusterError('BadRequest', why);
  }
  checkProtocol(upgrade, CHANNEL_PROTOCOLS);
  if (subresource === 'attach') return attach(upgrade, { pod, container, pods, parts });
  return exec(upgrade, { pod, container, pods, parts });
}

interface Target {
  readonly pod: Stored<Pod>;
  readonly container: string;
  readonly pods: PodAccess;
  readonly parts: ServerParts;
}

function checkProtocol({ request }: Upgrade, known: readonly string[]): void {
  const offered = offeredProtocols(request);
  if (known.some((one) => offered.includes(one))) return;
  throw new ClusterError(
    'BadRequest',
    `unable to upgrade to ${request.headers.upgrade}: a WebSocket with ${known.join(' or ')} is spoken here, which kubectl does from 1.31 on`,
  );
}

async function portForward(upgrade: Upgrade, pod: Stored<Pod>, parts: ServerParts): Promise<void> {
  if (pod.status?.phase !== 'Running') {
    throw new ClusterError(
      'BadRequest',
      `unable to forward port because pod is not running. Current status=${pod.status?.phase ?? 'Pending'}`,
    );
  }
  checkProtocol(upgrade, [PORT_FORWARD_PROTOCOL]);
  forwardPorts(await accept(upgrade, [PORT_FORWARD_PROTOCOL], parts), pod);
}

async function exec(upgrade: Upgrade, { pod, container, pods, parts }: Target): Promise<void> {
  const command = upgrade.query.getAll('command');
  if (command.length === 0) throw new ClusterError('BadRequest', 'you must specify at least 1 command for the container');
  if (!containerStatus(pod, container)?.state?.running) throw notRunning(container);
  const options = { stdin: flag(upgrade.query, 'stdin'), tty: flag(upgrade.query, 'tty') };
  let started: ExecProcess | undefined;
  let problem: unknown;
  try {
    started = await pods.exec(pod, container, command, options);
  } catch (error) {
    problem = error;
  }
  if (!started && !problem) {
    throw new ClusterError(
      'BadRequest',
      `container ${JSON.stringify(container)} is no process of its own: no command can run beside it`,
    );
  }
  const accepted = await accept(upgrade, CHANNEL_PROTOCOLS, parts).catch(() => undefined);
  if (!accepted) {
    if (started) await endSoon(started, parts.clock);
    return;
  }
  const socket = new ChannelSocket(accepted);
  const session = started ? connectExec(socket, started, parts.clock) : reportStartFailure(socket, problem);
  await session.catch(() => socket.terminate());
}

async function attach(upgrade: Upgrade, { pod, container, pods, parts }: Target): Promise<void> {
  if (flag(upgrade.query, 'stdin')) {
    throw new ClusterError('BadRequest', `container ${JSON.stringify(container)} reads no input: attach without -i, or use exec`);
  }
  const gone = new AbortController();
  const source = { namespace: pod.metadata.namespace ?? '', pod: pod.metadata.name, container };
  const lines = pods.logs(source, { follow: true, tail: 0, signal: gone.signal });
  if (!lines || !containerStatus(pod, container)?.state?.running) throw notRunning(container);
  const socket = new ChannelSocket(await accept(upgrade, CHANNEL_PROTOCOLS, parts));
  socket.closed.then(() => gone.abort());
  await connectLog(socket, lines).catch(() => socket.terminate());
}

const notRunning = (container: string): ClusterError =>
  new ClusterError('NotFound', `container not found (${JSON.stringify(container)})`);

/** A WebSocket that does not outlive the server. */
async function accept(
  { request, socket, head }: Upgrade,
  protocols: readonly string[],
  { stopping }: ServerParts,
): Promise<WebSocket> {
  const accepted = await acceptWebSocket(request, socket, head, protocols);
  const stop = () => accepted.terminate();
  if (stopping.aborted) stop();
  stopping.addEventListener('abort', stop, { once: true });
  accepted.once('close', () => stopping.removeEventListener('abort', stop));
  return accepted;
}
