import type { LogLine, LogSource, ReadLogsOptions } from '../pods';

/** What an API server asks of whoever runs the pods. */
export interface PodAccess {
  /** What a container has written, oldest first; undefined if nothing is known of it. */
  logs(source: LogSource, options?: ReadLogsOptions): AsyncIterable<LogLine> | undefined;
}
