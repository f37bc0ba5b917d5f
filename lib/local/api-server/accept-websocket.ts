import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

const MAX_MESSAGE = 1 << 20;

/** The protocols that a request for a WebSocket offers to speak. */
export function offeredProtocols({ headers }: IncomingMessage): readonly string[] {
  return (headers['sec-websocket-protocol'] ?? '').split(',').map((one) => one.trim());
}

/**
 * Answers a request for a WebSocket that speaks one of these protocols, the first that is offered. The choice is made here and
 * not by the library, which takes no name with a slash, as Kubernetes has one.
 *
 * @throws Error if the client has left, or has not asked as it must: then it has been answered
 */
export async function acceptWebSocket(
  request: IncomingMessage,
  socket: Duplex,
  head: Buffer,
  protocols: readonly string[],
): Promise<WebSocket> {
  const { WebSocketServer } = await import('ws');
  const server = new WebSocketServer({ noServer: true, maxPayload: MAX_MESSAGE, perMessageDeflate: false });
  const offered = offeredProtocols(request);
  const chosen = protocols.find((one) => offered.includes(one));
  server.on('headers', (headers) => {
    if (chosen !== undefined) headers.push(`Sec-WebSocket-Protocol: ${chosen}`);
  });
  delete request.headers['sec-websocket-protocol'];
  return new Promise((resolve, reject) => {
    // The library tells nobody when there is no connection to take over.
    const gone = () => reject(new Error('the client has left'));
    socket.once('close', gone);
    if (socket.destroyed) return gone();
    server.handleUpgrade(request, socket, head, (accepted) => {
      socket.removeListener('close', gone);
      resolve(accepted);
    });
  });
}
