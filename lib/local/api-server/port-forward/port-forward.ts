import { connect, type Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { type Pod, podAddress, type Stored } from '../../../api';
import { errorMessage } from '../../../base';
import { SpdySession, type SpdyStream } from './spdy-session';

/** The name of the protocol: SPDY in the messages of a WebSocket. */
export const PORT_FORWARD_PROTOCOL = 'SPDY/3.1+portforward.k8s.io';

/** Leads connections of a client to the ports of a pod, each as two streams: one for data, one for what went wrong. */
export function forwardPorts(socket: WebSocket, pod: Stored<Pod>): void {
  const errors = new Map<string, SpdyStream>();
  const connections = new Set<Socket>();
  const send = (frame: Buffer) =>
    new Promise<void>((resolve, reject) => socket.send(frame, { binary: true }, (error) => (error ? reject(error) : resolve())));
  const session = new SpdySession(
    send,
    (stream) => {
      const { streamtype, requestid = '' } = stream.headers;
      if (streamtype === 'error') errors.set(requestid, stream);
      if (streamtype !== 'data') return;
      const connection = connectTo(pod, stream, errors.get(requestid), socket);
      errors.delete(requestid);
      connections.add(connection);
      connection.once('close', () => connections.delete(connection));
    },
    () => socket.terminate(),
  );
  socket.on('message', (data: Buffer) => session.receive(data));
  socket.on('error', () => {});
  socket.once('close', () => {
    session.close();
    for (const connection of connections) connection.destroy();
  });
}

function connectTo(pod: Stored<Pod>, data: SpdyStream, error: SpdyStream | undefined, client: WebSocket): Socket {
  const port = Number(data.headers['port']);
  const address = podAddress(pod, port) ?? { host: '127.0.0.1', port };
  const connection = connect({ ...address, allowHalfOpen: true });
  let failed: string | undefined;
  data.onData = (bytes) => {
    // One that does not read holds up the others: a client's connections share one.
    if (!connection.write(bytes)) client.pause();
  };
  connection.on('drain', () => client.resume());
  data.onEnd = () => connection.end();
  data.onReset = () => connection.destroy();
  connection.on('error', (reason) => {
    const { name, uid } = pod.metadata;
    failed = `error forwarding port ${port} to pod ${name}, uid ${uid}: ${errorMessage(reason)}`;
  });
  connection.once('close', () => {
    client.resume();
    void finish(data, error, failed).catch(() => {});
  });
  copy(connection, data).catch(() => connection.destroy());
  return connection;
}

async function copy(connection: Socket, data: SpdyStream): Promise<void> {
  for await (const chunk of connection.iterator({ destroyOnReturn: false })) await data.write(chunk as Buffer);
  await data.end();
}

/** The client takes an error stream that ends without a word for success. */
async function finish(data: SpdyStream, error: SpdyStream | undefined, failed: string | undefined): Promise<void> {
  if (failed !== undefined) await error?.write(Buffer.from(failed));
  await error?.end();
  await data.end();
}
