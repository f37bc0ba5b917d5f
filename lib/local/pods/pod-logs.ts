import type { Clock } from '../../base';
import { LogBuffer, type LogLine, type ReadLogsOptions } from './log-buffer';

/** Which container a line comes from. */
export interface LogSource {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** What the containers of all pods have written lately. */
export class PodLogs {
  readonly #buffers = new Map<string, LogBuffer>();

  constructor(
    private readonly clock: Clock,
    private readonly onLog: (source: LogSource, line: LogLine) => void = () => {},
  ) {}

  /** The buffer of a container, empty at first; kept until `close`. */
  open(source: LogSource): LogBuffer {
    const buffer = new LogBuffer(
      () => this.clock.now(),
      (line) => this.onLog(source, line),
    );
    this.#buffers.set(key(source), buffer);
    return buffer;
  }

  /** The lines of a container, oldest first; undefined if there is no such container. */
  read(source: LogSource, options: ReadLogsOptions = {}): AsyncIterable<LogLine> | undefined {
    return this.#buffers.get(key(source))?.read(options);
  }

  /** Forgets a pod; whoever follows its logs comes to their end. */
  close(namespace: string, pod: string): void {
    const prefix = `${namespace}/${pod}/`;
    for (const [name, buffer] of this.#buffers) {
      if (!name.startsWith(prefix)) continue;
      buffer.close();
      this.#buffers.delete(name);
    }
  }
}

function key({ namespace, pod, container }: LogSource): string {
  return `${namespace}/${pod}/${container}`;
}
