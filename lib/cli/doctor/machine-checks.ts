import path from 'node:path';
import { errorMessage } from '../../base';
import { findContainerEngine } from '../../local/images';
import { LMDB_PACKAGE } from '../../local/store/lmdb-library';
import { type Check, fail, ok, warn } from './check';

const NODE_WANTED = [20, 19] as const;

const node: Check = {
  name: 'Node.js',
  async run({ nodeVersion }) {
    const [major = 0, minor = 0] = nodeVersion.split('.').map(Number);
    const fine = major > NODE_WANTED[0] || (major === NODE_WANTED[0] && minor >= NODE_WANTED[1]);
    return fine ? ok(nodeVersion) : fail(`${nodeVersion} is too old`, `Install Node.js ${NODE_WANTED.join('.')} or newer.`);
  },
};

const REASONS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is used by another program',
  EACCES: 'may only be used by the administrator',
};

const ports: Check = {
  name: 'gateway port',
  async run(machine) {
    const tried: string[] = [];
    for (const port of [80, 8080]) {
      const error = await machine.listenError('127.0.0.1', port);
      if (error === undefined) return ok([`${port} is free`, ...tried].join('; '));
      tried.push(`${port} ${REASONS[error] ?? error}`);
    }
    return warn(tried.join('; '), 'Give knc dev a free port: knc dev . --port 0.');
  },
};

const names: Check = {
  name: 'names',
  async run(machine) {
    const loopback = (addresses: readonly string[]) => addresses.some((one) => one === '::1' || one.startsWith('127.'));
    const [local, sslip] = await Promise.all(['hello.default.localhost', 'hello.default.127.0.0.1.sslip.io'].map(machine.lookup));
    if (loopback(local!) && loopback(sslip!)) return ok('*.localhost and *.127.0.0.1.sslip.io lead to this machine');
    if (loopback(local!)) {
      return ok(
        '*.localhost leads to this machine; *.sslip.io does not (no network, or a resolver that hides loopback addresses)',
      );
    }
    if (loopback(sslip!)) return ok('*.127.0.0.1.sslip.io leads to this machine; of *.localhost only browsers and curl know');
    return warn(
      'neither *.localhost nor *.sslip.io leads to this machine for programs; browsers and curl know *.localhost by themselves',
      "Elsewhere name the service in a header: curl -H 'Host: hello.default.127.0.0.1.sslip.io' http://127.0.0.1:8080.",
    );
  },
};

const loopback: Check = {
  name: 'loopback',
  async run(machine) {
    const error = await machine.listenError('127.0.0.1', 0);
    if (error)
      return fail(
        `127.0.0.1 cannot be listened on: ${error}`,
        'Bring the loopback interface up, or leave the sandbox that hides it.',
      );
    const six = await machine.listenError('::1', 0);
    return ok(six ? '127.0.0.1 (no ::1)' : '127.0.0.1 and ::1');
  },
};

const engine: Check = {
  name: 'containers',
  async run(machine) {
    const found = findContainerEngine(machine.env['PATH'] ?? '');
    if (!found)
      return ok('no podman or docker on PATH: images run if knc.images.yaml or their construct says what they mean (knc images)');
    const version = await machine.output(found.path, [
      'version',
      '--format',
      found.name === 'docker' ? '{{.Server.Version}}' : '{{.Client.Version}}',
    ]);
    if (version !== undefined) return ok(`${found.name} ${version.trim()}`);
    return warn(`${found.name} is on PATH but does not answer`, `Start it, or map images to programs: knc images --write.`);
  },
};

/** A program that is handy, not needed. */
const tool = (name: string, args: readonly string[], version: RegExp): Check => ({
  name,
  async run(machine) {
    const text = await machine.output(name, args);
    if (text === undefined) return ok('not on PATH; knc does without');
    return ok(version.exec(text)?.[1] ?? text.split('\n')[0]!.trim());
  },
});

const lmdb: Check = {
  name: 'state store',
  async run(machine) {
    try {
      machine.load(LMDB_PACKAGE);
      return ok('lmdb loads');
    } catch (error) {
      const why = errorMessage(error).split('\n')[0];
      return warn(
        `lmdb, which keeps state between runs, does not load: ${why}`,
        'npm install lmdb, or run without state: knc dev --ephemeral.',
      );
    }
  },
};

const writing: Check = {
  name: 'write access',
  async run({ cwd, tmpFolder, isWritable }) {
    if (!isWritable(tmpFolder)) return fail(`${tmpFolder} cannot be written`, 'Set TMPDIR to a folder of your own.');
    if (!isWritable(cwd))
      return warn(`${cwd} cannot be written`, 'Keep the state elsewhere: knc dev . --state ~/.local/share/knc, or --ephemeral.');
    return ok('this folder and the temporary one');
  },
};

const INOTIFY = '/proc/sys/fs/inotify';
const [MIN_WATCHES, MIN_INSTANCES] = [16_384, 128];

const watches: Check = {
  name: 'file watching',
  async run({ platform, readText }) {
    if (platform !== 'linux') return ok('no limit to speak of');
    const limit = (name: string) => Number(readText(path.join(INOTIFY, name)) ?? Number.NaN);
    const [all, instances] = [limit('max_user_watches'), limit('max_user_instances')];
    if (Number.isNaN(all) || Number.isNaN(instances)) return ok('limits cannot be read');
    const text = `${all} watches, ${instances} instances`;
    if (all >= MIN_WATCHES && instances >= MIN_INSTANCES) return ok(text);
    const remedy = `sudo sysctl fs.inotify.max_user_watches=524288 fs.inotify.max_user_instances=512`;
    return warn(`${text}: edits in large folders may go unseen`, remedy);
  },
};

/** Checks of the machine itself. */
export const machineChecks: readonly Check[] = [
  node,
  loopback,
  ports,
  names,
  engine,
  tool('kubectl', ['version', '--client'], /Client Version: (\S+)/),
  tool('kn', ['version'], /Version:\s+(\S+)/),
  lmdb,
  writing,
  watches,
];
