import type { ServerResponse } from 'node:http';
import type { Clock, Timer } from '../../../base/clock';
import { Refusal } from './refusal';

const MAX_STREAMS = 32;
/** A reader that is this far behind, in bytes, is let go; it comes back for everything. */
const MAX_BEHIND = 16 << 20;
const BEAT_MS = 15_000;

/** Open pages: streams of server-sent events, each of which begins with everything there is. */
export class LiveStreams {
  readonly #open = new Set<ServerResponse>();
  #beat: Timer | undefined;

  constructor(private readonly clock: Clock) {}

  /** Keeps the response open. @param first name and value of its first event */
  add(response: ServerResponse, first: readonly [string, unknown]): void {
    if (this.#open.size >= MAX_STREAMS) throw new Refusal(503, `${MAX_STREAMS} pages are open already`);
    // The connection ends with its stream, so that it does not keep a process that is to end.
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no', connection: 'close' });
    response.write(`retry: 1000\n${event(...first)}`);
    this.#open.add(response);
    this.#beat ??= this.clock.every(BEAT_MS, () => this.#write(': still here\n\n'));
    response.on('close', () => {
      this.#open.delete(response);
      if (this.#open.size === 0) this.#stopBeat();
    });
  }

  send(name: string, value: unknown): void {
    this.#write(event(name, value));
  }

  end(): void {
    this.#stopBeat();
    for (const response of this.#open) response.end();
  }

  #write(text: string): void {
    for (const response of this.#open) {
      if (response.writableLength > MAX_BEHIND) response.destroy();
      else if (!response.writableEnded) response.write(text);
    }
  }

  #stopBeat(): void {
    this.#beat?.cancel();
    this.#beat = undefined;
  }
}

function event(name: string, value: unknown): string {
  return `event: ${name}\ndata: ${JSON.stringify(value)}\n\n`;
}
