import type { Readable } from 'node:stream';
import { type Clock, errorMessage } from '../../base';
import { ClusterError } from '../../kube';
import type { ExecProcess, Exit, LogLine } from '../pods';
import { type ChannelSocket, channels } from './channel-socket';
import { failure } from './status';

/** How long a command whose client has left may take to end after SIGTERM, in milliseconds. */
const GRACE_MS = 2000;
/** How long its output may still come after it has ended, in milliseconds: another process may hold the pipe. */
const LAST_WORDS_MS = 5000;

/** Connects a command with a client, until the one has ended or the other has left. */
export async function connectExec(socket: ChannelSocket, command: ExecProcess, clock: Clock): Promise<void> {
  const { stdin, stdout, stderr, exited } = command;
  stdin?.on('error', () => {});
  stdin?.on('drain', () => socket.resume());
  socket.receive(
    (channel, data) => {
      // The size of a terminal (channels.resize) has no effect: script(1) has none to give on.
      if (channel === channels.stdin && stdin?.writable && !stdin.write(data)) socket.pause();
    },
    (channel) => {
      if (channel === channels.stdin) stdin?.end();
    },
  );
  const left = socket.closed.then(() => endSoon(command, clock));
  const copied = Promise.all([copy(stdout, channels.stdout, socket), copy(stderr, channels.stderr, socket)]);
  const exit = await exited;
  await Promise.race([copied, clock.sleep(LAST_WORDS_MS), left]);
  await socket.send(channels.error, Buffer.from(JSON.stringify(exitStatus(exit))));
  socket.close();
}

/** Shows a client what a container writes from now on. */
export async function connectLog(socket: ChannelSocket, lines: AsyncIterable<LogLine>): Promise<void> {
  for await (const { stream, text } of lines) {
    await socket.send(stream === 'stdout' ? channels.stdout : channels.stderr, Buffer.from(`${text}\n`));
  }
  await socket.send(channels.error, Buffer.from(JSON.stringify(exitStatus({ exitCode: 0 }))));
  socket.close();
}

/** Tells a client that its command could not be started. */
export async function reportStartFailure(socket: ChannelSocket, error: unknown): Promise<void> {
  const status = failure(new ClusterError('InternalError', `Internal error occurred: ${errorMessage(error)}`));
  await socket.send(channels.error, Buffer.from(JSON.stringify(status)));
  socket.close();
}

async function copy(stream: Readable, channel: number, socket: ChannelSocket): Promise<void> {
  for await (const chunk of stream) await socket.send(channel, chunk as Buffer);
}

/** Ends a command that nobody listens to. */
export async function endSoon(command: ExecProcess, clock: Clock): Promise<void> {
  command.kill('SIGTERM');
  const timer = clock.after(GRACE_MS, () => command.kill('SIGKILL'));
  await command.exited;
  timer.cancel();
}

/** How a command ended, as metav1.Status says it. */
function exitStatus({ exitCode }: Exit): unknown {
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}
