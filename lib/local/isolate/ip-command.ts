import { execFile } from 'node:child_process';

/** The program `ip` of iproute2. */
export class IpCommand {
  constructor(readonly path: string) {}

  /** Runs one command. @throws Error with what `ip` says */
  run(...args: readonly string[]): Promise<string> {
    return this.#execute(args, '');
  }

  /** Runs a command a line, in a named network namespace if one is given, and stops at the first that fails. @throws Error as `run` */
  async batch(lines: readonly string[], namespace?: string): Promise<void> {
    const where = namespace === undefined ? [] : ['-n', namespace];
    await this.#execute([...where, '-batch', '-'], lines.map((line) => `${line}\n`).join(''));
  }

  #execute(args: readonly string[], input: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const child = execFile(this.path, [...args], { encoding: 'utf8' }, (error, stdout, stderr) => {
        if (error) reject(new Error(`ip ${args.join(' ')}: ${stderr.trim().split('\n')[0] || error.message}`));
        else resolve(stdout);
      });
      child.stdin?.on('error', () => {});
      child.stdin?.end(input);
    });
  }
}
