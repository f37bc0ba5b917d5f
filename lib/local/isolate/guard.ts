import { type ChildProcess, spawn } from 'node:child_process';

/**
 * Waits until its input ends, because we closed it or because we are dead, and removes every namespace and link whose name begins
 * with $1, and the folder $2. $3: ip.
 */
const SCRIPT = `
trap '' INT TERM HUP QUIT
while read -r line; do :; done
for path in /run/netns/"$1".*; do [ -e "$path" ] && "$3" netns del "\${path##*/}"; done
for path in /sys/class/net/"$1".* /sys/class/net/"$1"; do [ -e "$path" ] && "$3" link del "\${path##*/}"; done
rm -rf -- "$2"
`;

/** Makes networks go with this process, however it ends: one small shell holds the other end of a pipe, as the watchdog of pods does. */
export class NetworkGuard {
  readonly #shell: ChildProcess;

  constructor(bridge: string, directory: string, ip: string) {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, 'knc-network-guard', bridge, directory, ip], {
      stdio: ['pipe', 'ignore', 'ignore'],
      detached: true,
      cwd: '/',
    });
    this.#shell.unref();
    (this.#shell.stdin as unknown as { unref?: () => void }).unref?.();
    this.#shell.stdin?.on('error', () => {});
  }

  /** Removes everything now; resolves when it is gone. */
  async close(): Promise<void> {
    const shell = this.#shell;
    if (shell.exitCode !== null || shell.signalCode !== null) return;
    const ended = new Promise<void>((resolve) => shell.once('exit', () => resolve()));
    shell.ref();
    shell.stdin?.end();
    await ended;
  }
}
