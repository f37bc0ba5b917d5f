import type { Pod, Stored } from '../../api';
import type { ExecOptions, ExecProcess, LogLine, LogSource, ReadLogsOptions } from '../pods';

/** What an API server asks of whoever runs the pods. */
export interface PodAccess {
  /** What a container has written, oldest first; undefined if nothing is known of it. */
  logs(source: LogSource, options?: ReadLogsOptions): AsyncIterable<LogLine> | undefined;
  /** Runs a command beside a container; undefined if that does not run, or cannot have company. @throws StartError */
  exec(pod: Stored<Pod>, container: string, command: readonly string[], options: ExecOptions): Promise<ExecProcess | undefined>;
}
