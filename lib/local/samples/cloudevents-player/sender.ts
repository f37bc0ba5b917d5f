import http, { type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Clock } from '../../../base/clock';

/** How long a broker may take to answer, in milliseconds. */
const PATIENCE_MS = 10_000;
/** How much of a refusal is shown, in characters. */
const SHOWN = 300;

/** Passes an event on as it came: same mode, same bytes. Resolves with undefined once the broker took it, else with the reason. */
export class Sender {
  constructor(
    private readonly broker: URL,
    private readonly clock: Clock,
  ) {}

  send(headers: IncomingHttpHeaders, body: Buffer): Promise<string | undefined> {
    const passed = Object.entries(headers).filter(([name]) => name.startsWith('ce-') || name === 'content-type');
    return new Promise((resolve) => {
      const request = (this.broker.protocol === 'https:' ? https : http).request(this.broker, {
        method: 'POST',
        headers: { ...Object.fromEntries(passed), 'content-length': body.length },
      });
      const late = this.clock.after(PATIENCE_MS, () => {
        request.destroy(new Error(`it did not answer within ${PATIENCE_MS / 1000} seconds`));
      });
      const settle = (failure?: string): void => {
        late.cancel();
        resolve(failure);
      };
      request.on('error', (error: NodeJS.ErrnoException) => settle(unreachable(error)));
      request.on('response', (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          if (text.length < SHOWN) text += chunk.slice(0, SHOWN - text.length);
        });
        response.on('error', (error) => settle(unreachable(error)));
        response.on('end', () => settle(refused(response.statusCode ?? 0, response.statusMessage ?? '', text)));
      });
      request.end(body);
    });
  }
}

function refused(status: number, message: string, text: string): string | undefined {
  if (status >= 200 && status < 300) return undefined;
  const words = text.trim().replace(/\s+/g, ' ');
  return `The broker answered ${`${status} ${message}`.trim()}${words ? `: ${words}` : ''}`;
}

function unreachable(error: NodeJS.ErrnoException): string {
  if (error.code === 'ENOTFOUND' || error.code === 'EAI_AGAIN') return 'The broker cannot be reached: no such host';
  if (error.code === 'ECONNREFUSED') return 'The broker cannot be reached: connection refused';
  return `The broker cannot be reached: ${error.message}`;
}
