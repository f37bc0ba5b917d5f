import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { KncError } from '../../base';
import { type AppSource, locate } from '../input/input-source';
import { type Check, fail, ok, warn } from './check';

interface Found {
  readonly folder: string;
  readonly version: string;
}

/** The package as code of this folder would load it; packages need not let their package.json be required. */
function findPackage(name: string, folder: string): Found | undefined {
  for (const place of createRequire(path.join(folder, 'app.js')).resolve.paths(name) ?? []) {
    const file = path.join(place, name, 'package.json');
    if (!existsSync(file)) continue;
    const { version } = JSON.parse(readFileSync(file, 'utf8')) as { version: string };
    return { folder: realpathSync(path.dirname(file)), version };
  }
  return undefined;
}

/** Two copies of a package whose classes are compared lose objects. */
function copies(folder: string, own: Found | undefined): string | undefined {
  const constructs = findPackage('constructs', folder);
  const inner = own && findPackage('constructs', own.folder);
  return constructs && inner && constructs.folder !== inner.folder
    ? `constructs ${constructs.version} and ${inner.version}`
    : undefined;
}

function checkApp({ folder, entry, command }: AppSource, ownFolder: string) {
  if (!entry) {
    return command
      ? warn(`the app command of cdk8s.yaml names no file: ${command}`, 'Run it by its own command: knc dev . --use-app-command.')
      : fail('cdk8s.yaml names no app', 'Name its entry file: `app: node main.js`, or call it main.ts, main.js or index.ts.');
  }
  const [cdk8s, constructs] = ['cdk8s', 'constructs'].map((name) => findPackage(name, folder) ?? findPackage(name, ownFolder));
  if (!cdk8s || !constructs) return fail('cdk8s and constructs are not installed', 'npm install --save-dev cdk8s constructs');
  const ours = findPackage('knative-constructs', folder);
  const twice = copies(folder, cdk8s);
  if (twice) return fail(`two copies are installed: ${twice}`, 'npm dedupe, and name one version of constructs in package.json.');
  const versions = `cdk8s ${cdk8s.version}, constructs ${constructs.version}${ours ? `, knative-constructs ${ours.version}` : ''}`;
  return ok(`${path.relative(folder, entry)}; ${versions}`);
}

/** Whether there is an app here that can be loaded. Nothing of it is run. */
export const appCheck: Check = {
  name: 'app',
  async run({ cwd, ownFolder }) {
    try {
      const source = await locate('.', cwd);
      if (source.kind === 'app') return checkApp(source, ownFolder);
      return ok('none here; the YAML files of this folder');
    } catch (error) {
      if (KncError.is(error) && error.code === 'KNC4001') return ok('none in this folder');
      return fail(
        `cdk8s.yaml cannot be read: ${error instanceof Error ? error.message.split('\n')[0] : error}`,
        'Mend cdk8s.yaml.',
      );
    }
  },
};
