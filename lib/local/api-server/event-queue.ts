import type { Clock, Timer } from '../../base';

/** Where the events of a watch go. */
export interface EventSink {
  /** False once no more should be written until `onDrain`. */
  write(text: string): boolean;
  onDrain(fn: () => void): void;
}

/** How many events may wait for a reader. Each is a reference to an object; none has been written out yet. */
const MAX_WAITING = 20_000;
/** How long a reader may take no data at all while events wait for it, in milliseconds. */
const STALLED_MS = 60_000;

/**
 * Events on their way to a reader: written out as fast as it takes them and no faster, in order. A reader that falls too far
 * behind, or does not read, is given up.
 */
export class EventQueue {
  #waiting: (() => unknown)[] = [];
  /** Until it is opened, since nothing may be written before the head of the response. */
  #blocked = true;
  #stalled: Timer | undefined;
  #ended = false;

  constructor(
    private readonly sink: EventSink,
    private readonly clock: Clock,
    /** Called once when the reader is given up. */
    private readonly onGivenUp: () => void,
  ) {
    sink.onDrain(() => this.#drained());
  }

  /** Begins to write. */
  open(): void {
    this.#drained();
  }

  /** Adds an event. @param event makes what is sent, at the time when it is sent */
  push(event: () => unknown, bounded = true): void {
    if (this.#ended) return;
    this.#waiting.push(event);
    if (!this.#blocked) this.#pump();
    else if (bounded && this.#waiting.length > MAX_WAITING) this.#giveUp();
  }

  /** Sends nothing any more. */
  end(): void {
    this.#ended = true;
    this.#waiting = [];
    this.#stalled?.cancel();
  }

  #drained(): void {
    this.#blocked = false;
    this.#stalled?.cancel();
    if (!this.#ended) this.#pump();
  }

  #pump(): void {
    let sent = 0;
    while (sent < this.#waiting.length && !this.#blocked) {
      const event = this.#waiting[sent++]!;
      if (!this.sink.write(`${JSON.stringify(event())}\n`)) this.#block();
    }
    this.#waiting.splice(0, sent);
  }

  #block(): void {
    this.#blocked = true;
    this.#stalled = this.clock.after(STALLED_MS, () => this.#giveUp());
  }

  #giveUp(): void {
    if (this.#ended) return;
    this.end();
    this.onGivenUp();
  }
}
