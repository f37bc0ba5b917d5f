import { describeStore } from '../../../contract/store-contract';
import { StoreFolder } from './support';

const folders: StoreFolder[] = [];
afterAll(() => {
  for (const folder of folders) folder.remove();
});

function newFolder(): StoreFolder {
  const folder = new StoreFolder();
  folders.push(folder);
  return folder;
}

describeStore('LmdbStore', async () => {
  const folder = newFolder();
  const first = await folder.open();
  return {
    store: first,
    reopen: async () => {
      await first.close();
      return folder.open();
    },
  };
});
