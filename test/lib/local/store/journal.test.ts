import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Journal } from '../../../../lib/local/store/journal';

test('a file that is removed while syncs come one after the other takes none of them with it', async () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'journal-'));
  const journal = new Journal(folder);
  let ended = false;
  let sequence = 0;
  const writers = Array.from({ length: 8 }, async () => {
    while (!ended) {
      journal.append({ sequence: ++sequence, changes: new Map([['a', Buffer.from('1')]]) });
      await journal.synced();
    }
  });
  const removing = async () => {
    for (let i = 0; i < 30; i++) {
      await journal.synced();
      await journal.rotate()();
    }
    ended = true;
  };
  await expect(Promise.all([...writers, removing()])).resolves.toBeDefined();
  await journal.close(true);
  rmSync(folder, { recursive: true });
});
