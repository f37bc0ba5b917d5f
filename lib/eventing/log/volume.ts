import type { Clock } from '../../base';
import { VolumeFullError } from './log-error';
import type { KeyValueRoom, KeyValueStore } from './store-storage';

export interface VolumeOptions {
  readonly clock: Clock;
  /** Where its events are kept. One without `room` has no end. */
  readonly store: Pick<KeyValueStore, 'room'>;
  /** Told when a log begins to refuse events, with the reason, and when it takes them again (undefined). */
  readonly onRefusing?: (log: string, reason: string | undefined) => void;
  /** Told of every event that is refused. */
  readonly onRefused?: (log: string) => void;
  /** Told now and then how many bytes each log has, and how much all may have. */
  readonly onMeasured?: (room: { readonly limit: number; readonly used: number }, logs: Iterable<VolumeShare>) => void;
  /** Gives up events that no broker or channel has any more. Returns whether there were any. */
  readonly giveUp?: () => boolean;
}

/** What a log has on a volume. */
export interface VolumeShare {
  /** `broker/default/orders` */
  readonly log: string;
  /** Bytes. */
  readonly used: number;
}

/** How old a measurement may be, in milliseconds, and how many bytes may have come since. */
const MEASURE_MS = 2000;
const MEASURE_BYTES = 4 * 2 ** 20;
/** So many bytes of the disk an event takes for each of its own. */
const OVERHEAD = 1.5;
/** Of the volume: what is divided evenly. */
const SURE = 1 / 2;
/** Of the volume: so much is made room for at once. */
const STEP = 1 / 128;
const MIB = 2 ** 20;

/**
 * Divides the room for events among logs. One half is divided evenly, among all of them and one more that may come: of its part each is sure.
 * The other half is had by whoever comes first. So one log can fill most of a volume and never all of it. Its room is what the disk really has.
 */
export class Volume {
  readonly #shares = new Set<Share>();
  #used = 0;
  /** Bytes that logs have beyond their parts. */
  #beyond = 0;
  #limit = 0;
  #part = 0;
  #measuredAt = Number.NEGATIVE_INFINITY;
  /** Bytes that have come since. */
  #grown = 0;
  /** Bytes that were let go of, and that the disk does not count as free yet. */
  #released = 0;
  #round: number | undefined;

  constructor(private readonly options: VolumeOptions) {}

  /** A log's part in it, until it is closed. @param giveUp lets go of so many bytes of events that nobody waits for, if there are any */
  open(log: string, giveUp: (bytes: number) => void): Share {
    const share: Share = new Share(log, giveUp, {
      grow: (by) => this.#grow(share, by),
      admit: (size) => this.#admit(share, size),
      close: () => this.#close(share),
    });
    this.#shares.add(share);
    this.#divide();
    return share;
  }

  #grow(share: Share, by: number): void {
    this.#used += by;
    this.#beyond += beyond(share.used, this.#part) - beyond(share.used - by, this.#part);
    if (by > 0) this.#grown += by;
    else this.#released -= by;
  }

  #close(share: Share): void {
    share.set(0);
    this.#shares.delete(share);
    this.#divide();
  }

  /** Throws a VolumeFullError if there is no room for so many bytes of a log. */
  #admit(share: Share, size: number): void {
    if (this.#grown >= MEASURE_BYTES || this.options.clock.now() >= this.#measuredAt + MEASURE_MS) this.#measure();
    const fits = this.#fits(share, size) || this.#makeRoom(share, size);
    const { onRefusing, onRefused } = this.options;
    if (fits) {
      if (share.refusing) onRefusing?.(share.log, undefined);
      share.refusing = false;
      return;
    }
    const reason = this.#reason(share);
    onRefused?.(share.log);
    if (!share.refusing) onRefusing?.(share.log, reason);
    share.refusing = true;
    throw new VolumeFullError(reason);
  }

  #fits({ used }: Share, size: number): boolean {
    if (this.#used + size > this.#limit) return false;
    const more = beyond(used + size, this.#part) - beyond(used, this.#part);
    return more === 0 || this.#beyond + more <= this.#limit * (1 - SURE);
  }

  /** Looks again, then takes what nobody waits for: of this log, of those that have most, of those that are deleted. */
  #makeRoom(share: Share, size: number): boolean {
    this.#measure();
    if (this.#fits(share, size)) return true;
    const wanted = size + this.#limit * STEP;
    share.giveUp(wanted);
    if (this.#fits(share, size)) return true;
    for (const other of [...this.#shares].sort((a, b) => b.used - a.used)) {
      // Those that keep to their own part are in nobody's way, unless there is nothing at all.
      if (other === share || (other.used <= this.#part && this.#used + size <= this.#limit)) continue;
      other.giveUp(wanted);
      if (this.#fits(share, size)) return true;
    }
    while (this.options.giveUp?.()) if (this.#fits(share, size)) return true;
    return false;
  }

  #reason({ log, used }: Share): string {
    const [has, part, all] = [used, this.#part, this.#limit].map((bytes) => `${Math.floor(Math.max(0, bytes) / MIB)} MiB`);
    const many = this.#shares.size === 1 ? '1 log' : `${this.#shares.size} logs`;
    return `there is no room for more events of ${log}, which has ${has} that are still to be delivered, of ${all} for ${many}; ${part} are its own`;
  }

  #measure(): void {
    const { clock, store, onMeasured } = this.options;
    const room = store.room?.();
    if (room && room.round !== this.#round) {
      this.#round = room.round;
      this.#released = 0;
    }
    this.#measuredAt = clock.now();
    this.#grown = 0;
    this.#limit = this.#used + (room ? this.#free(room) : Number.POSITIVE_INFINITY);
    this.#divide();
    onMeasured?.({ limit: this.#limit, used: this.#used }, this.#shares);
  }

  #free({ free, full, total }: KeyValueRoom): number {
    return full ? 0 : Math.min(total, free / OVERHEAD + this.#released);
  }

  #divide(): void {
    this.#part = (this.#limit * SURE) / (this.#shares.size + 1);
    this.#beyond = 0;
    for (const { used } of this.#shares) this.#beyond += beyond(used, this.#part);
  }
}

const beyond = (used: number, part: number): number => Math.max(0, used - part);

interface ShareActions {
  readonly grow: (by: number) => void;
  readonly admit: (size: number) => void;
  readonly close: () => void;
}

/** A log's part in a volume. */
export class Share implements VolumeShare {
  #used = 0;
  /** Whether the last event was refused. */
  refusing = false;

  constructor(
    readonly log: string,
    readonly giveUp: (bytes: number) => void,
    private readonly actions: ShareActions,
  ) {}

  get used(): number {
    return this.#used;
  }

  /** So many bytes it has now. */
  set(used: number): void {
    const by = used - this.#used;
    if (by === 0) return;
    this.#used = used;
    this.actions.grow(by);
  }

  /** Throws a VolumeFullError if it may not have so many bytes more. */
  admit(size: number): void {
    this.actions.admit(size);
  }

  /** What it has is no business of the volume any more. */
  close(): void {
    this.actions.close();
  }
}
