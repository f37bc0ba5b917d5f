import type { Clock } from '../../base';
import type { KeyValueRoom, KeyValueStore } from './key-value-store';
import { VolumeFullError } from './log-error';
import { SharedRoom } from './shared-room';

export interface VolumeOptions {
  readonly clock: Clock;
  /** Where its events are kept. One without `room` has no end. */
  readonly store: Pick<KeyValueStore, 'room'>;
  /** How many bytes of it something else may take yet: these are not for events. @default none */
  readonly others?: () => number;
  /** Bytes of memory for what is known of events, all logs together. @default no limit */
  readonly memory?: number;
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

/** How old a measurement may be, in milliseconds, and how many bytes may have come since: on a small disk, a part of it. */
const MEASURE_MS = 2000;
const MEASURE_BYTES = 4 * 2 ** 20;
const MEASURE_PART = 1 / 128;
/** So many bytes of the disk an event takes for each of its own. */
const OVERHEAD = 1.5;
/** Of the volume: so much is made room for at once. */
const STEP = 1 / 128;
/** Bytes of memory for each event that is kept, and for each of those who still have to get it. */
const EVENT_MEMORY = 300;
const WAITING_MEMORY = 60;
const MIB = 2 ** 20;

/** Divides the room for events among logs: that of the disk, as it really is, and that in memory. */
export class Volume {
  readonly #shares = new Set<Share>();
  readonly #disk = new SharedRoom();
  readonly #memory = new SharedRoom();
  #measuredAt = Number.NEGATIVE_INFINITY;
  /** Bytes that have come since, and may. */
  #grown = 0;
  #mayGrow = MEASURE_BYTES;
  /** Bytes that were let go of, and that the disk does not count as free yet. */
  #released = 0;
  #round: number | undefined;
  /** The next round in which a log that nobody has may be given up; and, after that has failed, the time. */
  #giveUpFrom = 0;
  #giveUpAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly options: VolumeOptions) {}

  /** A log's part in it, until it is closed. @param giveUp lets go of so many bytes of events that nobody waits for, if there are any */
  open(log: string, giveUp: (bytes: number) => void): Share {
    const share: Share = new Share(log, giveUp, {
      changed: (used, memory) => this.#changed(share, used, memory),
      admit: (size) => this.#admit(share, size),
      close: () => this.#close(share),
    });
    this.#shares.add(share);
    this.#divide();
    return share;
  }

  #changed(share: Share, used: number, memory: number): void {
    this.#disk.change(share.used, used);
    this.#memory.change(share.memory, memory);
    const by = used - share.used;
    if (by > 0) this.#grown += by;
    else this.#released -= by;
  }

  #close(share: Share): void {
    share.set(0, 0, 0);
    this.#shares.delete(share);
    this.#divide();
  }

  /** Throws a VolumeFullError if there is no room for so many bytes of a log. */
  #admit(share: Share, size: number): void {
    if (this.#grown >= this.#mayGrow || this.options.clock.now() >= this.#measuredAt + MEASURE_MS) this.#measure();
    const fits = this.#fits(share, size) || this.#makeRoom(share, size);
    const { onRefusing, onRefused } = this.options;
    if (fits) {
      if (share.refusing) onRefusing?.(share.log, undefined);
      share.refusing = false;
      return;
    }
    const reason = this.#reason(share, size);
    onRefused?.(share.log);
    if (!share.refusing) onRefusing?.(share.log, reason);
    share.refusing = true;
    throw new VolumeFullError(reason);
  }

  #fits({ used, memory }: Share, size: number): boolean {
    return this.#disk.fits(used, size) && this.#memory.fits(memory, EVENT_MEMORY);
  }

  /** Looks again, then takes what nobody waits for: of this log, of those that have most, of those that are deleted. */
  #makeRoom(share: Share, size: number): boolean {
    this.#measure();
    if (this.#fits(share, size)) return true;
    const wanted = size + this.#disk.limit * STEP;
    share.giveUp(wanted);
    if (this.#fits(share, size)) return true;
    for (const other of [...this.#shares].sort((a, b) => b.used - a.used)) {
      // Those that keep to their own part are in nobody's way, unless there is nothing at all.
      if (other === share || !this.#helps(other, size)) continue;
      other.giveUp(wanted);
      if (this.#fits(share, size)) return true;
    }
    return this.#giveUp() && this.#fits(share, size);
  }

  /** One log at a time: what it had is not free on the disk before that has been looked at again, some time later. */
  #giveUp(): boolean {
    const round = this.#round ?? 0;
    const now = this.options.clock.now();
    if (round < this.#giveUpFrom || now < this.#giveUpAt) return false;
    try {
      if (!this.options.giveUp?.()) return false;
    } catch {
      this.#giveUpAt = now + MEASURE_MS;
      return false;
    }
    this.#giveUpFrom = round + 2;
    this.#measure();
    return true;
  }

  #helps({ used, memory }: Share, size: number): boolean {
    return this.#disk.helps(used, size) || this.#memory.helps(memory, EVENT_MEMORY);
  }

  #reason({ log, used, memory }: Share, size: number): string {
    const onDisk = !this.#disk.fits(used, size);
    const [room, has] = onDisk ? [this.#disk, used] : [this.#memory, memory];
    const [own, part, all] = [has, room.part, room.limit].map((bytes) => `${Math.floor(Math.max(0, bytes) / MIB)} MiB`);
    const many = this.#shares.size === 1 ? '1 log' : `${this.#shares.size} logs`;
    const what = onDisk ? 'room' : 'memory';
    return `there is no ${what} for more events of ${log}, which has ${own} for those that are still to be delivered, of ${all} for ${many}; ${part} are its own`;
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
    if (room) this.#mayGrow = Math.min(MEASURE_BYTES, room.total * MEASURE_PART);
    this.#divide(this.#disk.used + (room ? this.#free(room) : Number.POSITIVE_INFINITY));
    onMeasured?.({ limit: this.#disk.limit, used: this.#disk.used }, this.#shares);
  }

  #free({ free, full, total }: KeyValueRoom): number {
    const others = this.options.others?.() ?? 0;
    return full ? 0 : Math.min(total, Math.max(0, free - others * OVERHEAD) / OVERHEAD + this.#released);
  }

  #divide(limit = this.#disk.limit): void {
    const shares = [...this.#shares];
    this.#disk.divide(
      limit,
      shares.map(({ used }) => used),
    );
    this.#memory.divide(
      this.options.memory ?? Number.POSITIVE_INFINITY,
      shares.map(({ memory }) => memory),
    );
  }
}

interface ShareActions {
  readonly changed: (used: number, memory: number) => void;
  readonly admit: (size: number) => void;
  readonly close: () => void;
}

/** A log's part in a volume. */
export class Share implements VolumeShare {
  #used = 0;
  #memory = 0;
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

  /** Bytes of memory. */
  get memory(): number {
    return this.#memory;
  }

  /** So many bytes it has now, for so many events, which so many consumers have to get. */
  set(used: number, events: number, waiting: number): void {
    const memory = events * EVENT_MEMORY + waiting * WAITING_MEMORY;
    this.actions.changed(used, memory);
    this.#used = used;
    this.#memory = memory;
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
