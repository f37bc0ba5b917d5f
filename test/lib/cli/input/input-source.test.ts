import path from 'node:path';
import { findImageFile } from '../../../../lib/cli/input/image-file';
import { locate, yamlFiles } from '../../../../lib/cli/input/input-source';
import { tempFolder } from '../temp-folder';

test.each([
  [
    'the file that the app command names',
    { 'cdk8s.yaml': 'app: npx ts-node src/app.ts', 'src/app.ts': '', 'main.ts': '' },
    'src/app.ts',
  ],
  ['main.ts where the command names no file that is there', { 'cdk8s.yaml': 'app: npm run synth', 'main.ts': '' }, 'main.ts'],
  ['main.js', { 'cdk8s.yaml': 'language: typescript', 'main.js': '' }, 'main.js'],
  ['index.ts', { 'cdk8s.yaml': '', 'index.ts': '' }, 'index.ts'],
  ['nothing, so that only the command can run it', { 'cdk8s.yaml': 'app: python main.py', 'main.py': '' }, undefined],
])('an app folder is entered by %s', async (_, files, entry) => {
  const folder = tempFolder(files as unknown as Record<string, string>);
  const source = await locate('.', folder);
  expect(source).toMatchObject({ kind: 'app', folder });
  expect(source.kind === 'app' && source.entry).toBe(entry && path.join(folder, entry));
});

test.each(['a.ts', 'a.js', 'a.mjs', 'a.cts'])('%s is an app that runs in its folder', async (name) => {
  const folder = tempFolder({ [`sub/${name}`]: '' });
  const file = path.join(folder, 'sub', name);
  expect(await locate(`sub/${name}`, folder)).toEqual({
    kind: 'app',
    folder: path.dirname(file),
    entry: file,
    command: undefined,
  });
});

test('YAML and JSON files, folders of YAML and - are never apps', async () => {
  const folder = tempFolder({
    'k8s/b.yml': '',
    'k8s/a.yaml': '',
    'k8s/knc.images.yaml': '',
    'k8s/package.json': '{}',
    'x.json': '{}',
  });
  expect(await locate('k8s', folder)).toEqual({ kind: 'yaml', path: path.join(folder, 'k8s') });
  expect(await locate('x.json', folder)).toMatchObject({ kind: 'yaml' });
  expect(await locate('-', folder)).toEqual({ kind: 'stdin' });
  expect((await yamlFiles(path.join(folder, 'k8s'))).map((file) => path.basename(file))).toEqual(['a.yaml', 'b.yml']);
});

test.each([
  ['nowhere', 'There is no such file or folder'],
  ['README.md', 'This is neither an app file nor YAML'],
  ['empty', 'The folder has neither a cdk8s.yaml nor YAML files'],
])('%s is refused', async (given, message) => {
  const folder = tempFolder({ 'README.md': '', 'empty/x.txt': '' });
  await expect(locate(given, folder)).rejects.toMatchObject({ code: 'KNC4001', where: given, message });
});

test('a folder with an app file but no cdk8s.yaml is not run on a guess; the remedy names the file', async () => {
  const folder = tempFolder({ 'app/main.ts': '' });
  await expect(locate('app', folder)).rejects.toMatchObject({ remedy: 'Give the app file itself: knc dev app/main.ts' });
});

describe('knc.images.yaml', () => {
  test('is found beside the input or above it, up to the repository, which it must not point out of', () => {
    const folder = tempFolder({ 'repo/.git/HEAD': '', 'repo/knc.images.yaml': '', 'repo/apps/a/main.ts': '' });
    expect(findImageFile(path.join(folder, 'repo/apps/a'))).toEqual({
      file: path.join(folder, 'repo/knc.images.yaml'),
      root: path.join(folder, 'repo'),
    });
  });

  test('above the repository does not count', () => {
    const folder = tempFolder({ 'knc.images.yaml': '', 'repo/.git/HEAD': '', 'repo/main.ts': '' });
    expect(findImageFile(path.join(folder, 'repo'))).toBeUndefined();
  });

  test('outside of any repository counts only beside the input', () => {
    const folder = tempFolder({ 'knc.images.yaml': '', 'sub/main.ts': '' });
    expect(findImageFile(folder)).toEqual({ file: path.join(folder, 'knc.images.yaml'), root: folder });
    expect(findImageFile(path.join(folder, 'sub'))).toBeUndefined();
  });
});
