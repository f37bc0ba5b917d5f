import net from 'node:net';
import { KncError } from '../../base';

/** Ports that are tried when none is asked for. */
const USUAL_PORTS = [80, 8080];

/** Undefined if the port can be bound, else the system's word for why not. */
function tryPort(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is used by another program',
  EACCES: 'may only be used by the administrator',
};

/**
 * The port for the gateway: the one asked for (0: any free one), or 80, or 8080.
 * @throws KncError KNC4005 if none of them can be had.
 */
export async function choosePort(
  host: string,
  asked: number | undefined,
  usual: readonly number[] = USUAL_PORTS,
): Promise<number> {
  if (asked === 0) return 0;
  const tried: string[] = [];
  for (const port of asked === undefined ? usual : [asked]) {
    const refusal = await tryPort(host, port);
    if (refusal === undefined) return port;
    tried.push(`port ${port} ${REASONS[refusal] ?? refusal}`);
  }
  throw new KncError('KNC4005', tried.join(', '));
}
