const { execFileSync } = require('node:child_process');
const { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const KUBECTL_MAIN = `package main

import (
	"k8s.io/component-base/cli"
	"k8s.io/kubectl/pkg/cmd"
	"k8s.io/kubectl/pkg/cmd/util"
)

func main() {
	if err := cli.RunNoErrOutput(cmd.NewDefaultKubectlCommand()); err != nil {
		util.CheckErr(err)
	}
}
`;

const KUBECTL_VERSION = 'v0.34.4';

/** The clients, and how Go builds them in a module of their own. */
const TOOLS = {
  kubectl: {
    version: KUBECTL_VERSION,
    main: KUBECTL_MAIN,
    get: ['get', `k8s.io/kubectl@${KUBECTL_VERSION}`, `k8s.io/component-base@${KUBECTL_VERSION}`],
    build: '.',
    flags: ['-ldflags', `-X k8s.io/component-base/version.gitVersion=${KUBECTL_VERSION.replace('v0', 'v1')}`],
  },
  kn: {
    version: 'v0.41.0',
    get: ['get', '-tool', 'knative.dev/client/cmd/kn@v0.41.0'],
    build: 'knative.dev/client/cmd/kn',
  },
};

const BUILD_MS = 900_000;

function tryRun(command, args, options = {}) {
  try {
    return { out: execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], ...options }) };
  } catch (error) {
    return { error: String(error.stderr || error.message).trim() };
  }
}

function onPath(name) {
  const folders = (process.env.PATH || '').split(path.delimiter);
  return folders.map((folder) => path.join(folder, name)).find((file) => existsSync(file));
}

/** The built binary, from the cache or newly made; or why there is none. */
function build(name) {
  const { version, main, get, build: target, flags = [] } = TOOLS[name];
  const cache =
    process.env.KNC_TOOLS || path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), '.cache'), 'knative-constructs');
  const file = path.join(cache, `${name}-${version}`);
  if (existsSync(file)) return { file };
  if (tryRun('go', ['version']).error) return { missing: `Go, which would build ${name}, is not installed` };
  process.stderr.write(`building ${name} ${version}; this takes some minutes, once\n`);
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(path.join(cache, 'build-'));
  try {
    writeFileSync(path.join(folder, 'go.mod'), 'module tools\n\ngo 1.24.0\n');
    if (main) writeFileSync(path.join(folder, 'main.go'), main);
    const steps = [get, ['build', '-mod=mod', ...flags, '-o', name, target]];
    for (const step of steps) {
      const { error } = tryRun('go', step, { cwd: folder, timeout: BUILD_MS });
      if (error) return { missing: `Go cannot build ${name} ${version}: ${error.split('\n').at(-1)}` };
    }
    renameSync(path.join(folder, name), file);
    return { file };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function locate(name, given) {
  if (given) return existsSync(given) ? { file: given } : { missing: `${given} is not there` };
  const installed = name === 'kubectl' ? onPath(name) : undefined;
  return installed ? { file: installed } : build(name);
}

/** Finds or builds the clients before any test runs; tests learn of them by the environment. */
module.exports = async () => {
  for (const name of Object.keys(TOOLS)) {
    const variable = `KNC_${name.toUpperCase()}`;
    const { file, missing } = locate(name, process.env[variable]);
    if (file) process.env[variable] = file;
    else {
      delete process.env[variable];
      process.env[`${variable}_MISSING`] = missing;
      process.stderr.write(`tests with ${name} are left out: ${missing}\n`);
    }
  }
};
