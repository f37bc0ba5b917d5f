import { errorMessage } from '../../base';

/** A log takes no event at present; later it may. Whoever sent the event is told so, and has to send it again. */
export class LogError extends Error {}

/** The log is full of events that consumers have not got yet; it takes none until they have. */
export class LogFullError extends LogError {
  constructor(capacity: number) {
    super(`the log holds its ${capacity} bytes of events that are still to be delivered`);
    this.name = 'LogFullError';
  }
}

/** There is no room for more on what the events of all logs are kept on; there is once consumers have got theirs. */
export class VolumeFullError extends LogError {
  constructor(reason: string) {
    super(reason);
    this.name = 'VolumeFullError';
  }
}

/** Where the log is kept cannot be written, as when the disk is full. */
export class LogWriteError extends LogError {
  constructor(cause: unknown) {
    super(`the event cannot be kept, so it is not taken: ${errorMessage(cause)}`, { cause });
    this.name = 'LogWriteError';
  }
}
