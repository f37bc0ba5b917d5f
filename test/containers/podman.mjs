// A podman for the suite: the one on PATH, or Debian's, unpacked into a folder of its own so that nothing of the machine changes.
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, readdirSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** What podman needs beside the C library and what every Debian has. */
const PACKAGES = ['podman', 'crun', 'conmon', 'containernetworking-plugins', 'iptables'];

const run = (command, args, options = {}) => execFileSync(command, args, { encoding: 'utf8', stdio: 'pipe', ...options });

function executable(file, lines) {
  writeFileSync(file, `#!/bin/sh\n${lines}\n`);
  chmodSync(file, 0o755);
}

/** Unpacks Debian's packages below `root`. */
function unpack(root, folder) {
  const debs = path.join(folder, 'debs');
  mkdirSync(debs, { recursive: true });
  run('apt-get', ['update', '-q']);
  const plan = run('apt-get', ['install', '--simulate', '--no-install-recommends', ...PACKAGES]);
  // Its own programs even where the machine has some of them: it looks for them here.
  const needed = new Set([...PACKAGES, ...[...plan.matchAll(/^Inst (\S+)/gm)].map(([, name]) => name)]);
  run('apt-get', ['download', '-q', ...needed], { cwd: debs });
  for (const deb of readdirSync(debs)) run('dpkg-deb', ['--extract', path.join(debs, deb), root]);
}

/** Programs of `root` with its own libraries, in a folder for PATH. */
function wrap(root, bin) {
  mkdirSync(bin, { recursive: true });
  const [libraries] = readdirSync(path.join(root, 'usr/lib')).filter((name) => name.endsWith('-linux-gnu'));
  const own = `LD_LIBRARY_PATH=${root}/usr/lib/${libraries} XTABLES_LIBDIR=${root}/usr/lib/${libraries}/xtables`;
  for (const name of ['iptables', 'ip6tables', 'iptables-save', 'iptables-restore']) {
    executable(path.join(bin, name), `export ${own}\nexec ${root}/usr/sbin/xtables-nft-multi ${name} "$@"`);
  }
  for (const name of ['crun', 'conmon', 'podman'])
    executable(path.join(bin, name), `export ${own}\nexec ${root}/usr/bin/${name} "$@"`);
}

/** Settings that keep images, containers and networks in `folder`. @param root where the helpers of podman are, if not at their usual places */
function settings(folder, bin, root) {
  const helpers = root
    ? `runtime = "crun"
conmon_path = ["${bin}/conmon"]
helper_binaries_dir = ["${root}/usr/lib/podman", "${bin}"]
[engine.runtimes]
crun = ["${bin}/crun"]
[network]
network_backend = "cni"
cni_plugin_dirs = ["${root}/usr/lib/cni"]
network_config_dir = "${folder}/networks"
`
    : '';
  const engine = 'cgroup_manager = "cgroupfs"\nevents_logger = "file"\n';
  writeFileSync(
    path.join(folder, 'containers.conf'),
    `[containers]\ncgroups = "disabled"\ndefault_ulimits = []\n[engine]\n${engine}${helpers}`,
  );
  const storage = `driver = "vfs"\ngraphroot = "${folder}/storage"\nrunroot = "${folder}/run"\n`;
  writeFileSync(path.join(folder, 'storage.conf'), `[storage]\n${storage}`);
  writeFileSync(path.join(folder, 'registries.conf'), 'unqualified-search-registries = []\n');
  mkdirSync(path.join(folder, 'home/.config/containers'), { recursive: true });
  const policy = { default: [{ type: 'insecureAcceptAnything' }] };
  writeFileSync(path.join(folder, 'home/.config/containers/policy.json'), JSON.stringify(policy));
}

/** Path of a podman that keeps everything below `folder`. @throws Error if none can be had */
export function preparePodman(folder) {
  const bin = path.join(folder, 'bin');
  const found = spawnSync('sh', ['-c', 'command -v podman'], { encoding: 'utf8' }).stdout.trim();
  const root = path.join(folder, 'root');
  if (!found && !existsSync(path.join(root, 'usr/bin/podman'))) unpack(root, folder);
  if (!found) wrap(root, bin);
  settings(folder, bin, found ? undefined : root);
  const engine = path.join(folder, 'podman');
  const names = ['containers', 'registries', 'storage'].map((name) => {
    const variable = {
      containers: 'CONTAINERS_CONF',
      registries: 'CONTAINERS_REGISTRIES_CONF',
      storage: 'CONTAINERS_STORAGE_CONF',
    };
    return `${variable[name]}=${folder}/${name}.conf`;
  });
  const usual = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  executable(engine, `export HOME=${folder}/home PATH=${bin}:${usual} ${names.join(' ')}\nexec ${found || `${bin}/podman`} "$@"`);
  return engine;
}

/** Makes an image that holds nothing but Node and its libraries. */
export function makeImage(engine, folder, name) {
  const root = path.join(folder, 'image');
  const node = realpathSync(process.execPath);
  const libraries = [...run('ldd', [node]).matchAll(/(?:=> )?(\/\S+) \(/g)].map(([, file]) => file);
  for (const [from, to] of [[node, '/node'], ...libraries.map((file) => [file, file])]) {
    mkdirSync(path.dirname(path.join(root, to)), { recursive: true });
    copyFileSync(from, path.join(root, to));
  }
  const archive = path.join(folder, 'image.tar');
  run('tar', ['-C', root, '-cf', archive, '.']);
  run(engine, ['import', '--change', 'ENTRYPOINT ["/node"]', archive, name]);
}
