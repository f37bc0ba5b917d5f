import { MemoryStore } from '../../../../lib/local/store';
import { describeStore } from '../../../contract/store-contract';

describeStore('MemoryStore', async () => ({ store: new MemoryStore() }));

test('it takes no room on disk', () => {
  expect(new MemoryStore().size()).toBe(0);
});
