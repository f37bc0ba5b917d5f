import { chmodSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkExecutable } from '../../../../lib/local/pods/process/process-isolation';

const folder = mkdtempSync(join(tmpdir(), 'knc-test-'));
for (const [name, mode] of [['program', 0o755] as const, ['text', 0o644] as const]) {
  writeFileSync(join(folder, name), '');
  chmodSync(join(folder, name), mode);
}

test.each([
  ['program', `/nowhere:${folder}`],
  ['./program', ''],
  [join(folder, 'program'), ''],
])('%s is found on PATH %j', (file, path) => {
  expect(() => checkExecutable(file, folder, path)).not.toThrow();
});

test.each([
  ['nope', '/bin', 'exec: "nope": executable file not found in $PATH'],
  ['./nope', '', 'exec: "./nope": no such file or directory'],
  ['./text', '', 'exec: "./text": permission denied'],
  [folder, '', `exec: ${JSON.stringify(folder)}: permission denied`],
  [undefined, '', 'no command specified'],
])('%s is refused in the words of a container runtime', (file, path, message) => {
  expect(() => checkExecutable(file, folder, path)).toThrow(expect.objectContaining({ reason: 'StartError', message }));
});
