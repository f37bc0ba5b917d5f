import { mkdirSync, mkdtempSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mountSources } from '../../../../lib/local/pods/mounts';

function setUp() {
  const root = mkdtempSync(join(tmpdir(), 'knc-mounts-'));
  const v = join(root, 'v');
  mkdirSync(join(v, 'deep'), { recursive: true });
  const sources = (...mounts: { subPath?: string; readOnly?: boolean; name?: string }[]) =>
    mountSources({ name: 'app', volumeMounts: mounts.map((mount) => ({ name: 'v', mountPath: '/m', ...mount })) }, { v });
  return { root, v, sources };
}

test('a mount is the folder of its volume, or a part of it; a part that does not exist is made', () => {
  const { v, sources } = setUp();
  expect(sources({ readOnly: true }, { subPath: 'deep' }, { subPath: 'new/er' }, { name: 'no-folder' })).toEqual([
    { mountPath: '/m', source: v, readOnly: true },
    { mountPath: '/m', source: join(v, 'deep'), readOnly: false },
    { mountPath: '/m', source: join(v, 'new/er'), readOnly: false },
  ]);
  expect(statSync(join(v, 'new/er')).isDirectory()).toBe(true);
});

test('a link inside the volume may lead elsewhere in it', () => {
  const { v, sources } = setUp();
  symlinkSync('deep', join(v, 'link'));
  expect(sources({ subPath: 'link' })[0]?.source).toBe(join(v, 'link'));
});

test.each([['link'], ['link/more'], ['../outside'], ['..']])('%s that leads out of the volume is refused', (subPath) => {
  const { v, root, sources } = setUp();
  symlinkSync(root, join(v, 'link'));
  expect(() => sources({ subPath })).toThrow(`failed to prepare subPath for volumeMount "v" of container "app"`);
});
