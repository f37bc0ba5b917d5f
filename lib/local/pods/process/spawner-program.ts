/**
 * The program that starts the processes of pods (bin/spawner.js). A process is copied when it starts another one, page table by
 * page table: that takes a large one like `knc dev` many times as long as this one. What a child writes goes from the child
 * to `knc dev` directly, over connections that this program opens and hands on. When `knc dev` ends, so do the children.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import net from 'node:net';
import { type FromSpawner, type StreamName, streamHeader, type ToSpawner } from './spawner-protocol';

const socketPath = process.argv[2] ?? '';
const groups = new Set<number>();

const tell = (message: FromSpawner): void => void process.send?.(message);

/** A connection that belongs to the child alone once it has started. */
function connect(stream: StreamName, id: number): Promise<net.Socket> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(socketPath);
    socket.pause();
    socket.once('error', reject);
    socket.write(streamHeader(stream, id), () => resolve(socket));
  });
}

async function start({ id, command, cwd, env, stdin }: ToSpawner): Promise<void> {
  const [file = '', ...args] = command;
  const streams: StreamName[] = stdin ? ['stdin', 'stdout', 'stderr'] : ['stdout', 'stderr'];
  const sockets = await Promise.all(streams.map((stream) => connect(stream, id)));
  let child: ChildProcess;
  try {
    child = spawn(file, args, { cwd, env, detached: true, stdio: stdin ? sockets : ['ignore', ...sockets] });
  } finally {
    for (const socket of sockets) socket.destroy();
  }
  child.once('error', (error: NodeJS.ErrnoException) => {
    if (child.pid === undefined) tell({ kind: 'failed', id, code: error.code, message: error.message });
  });
  const { pid } = child;
  if (pid === undefined) return;
  groups.add(pid);
  child.once('exit', (code, signal) => {
    groups.delete(pid);
    tell({ kind: 'exited', id, code, signal });
  });
  tell({ kind: 'started', id, pid });
}

process.on('message', (message: ToSpawner) => {
  start(message).catch((error: NodeJS.ErrnoException) =>
    tell({ kind: 'failed', id: message.id, code: error.code, message: error.message }),
  );
});

process.on('disconnect', () => {
  for (const pid of groups) {
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  }
  process.exit(0);
});

// Ctrl-C is for knc dev, which ends the pods in order.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const) process.on(signal, () => {});

tell({ kind: 'ready' });
