import { randomInt, seededRandom } from '../../../../lib/base';
import { PendingQueue } from '../../../../lib/eventing/log/pending-queue';

describe('the offsets that a consumer has to get', () => {
  test.each([1, 2, 3, 4, 5])('are those of a set in the order of their adding, whatever is added and taken (%i)', (seed) => {
    const random = seededRandom(seed);
    const queue = new PendingQueue([3, 1, 2, 3]);
    const set = new Set([3, 1, 2]);
    let differs = 0;
    for (let step = 0; step < 3000; step++) {
      const [first = 0] = set;
      if (queue.first !== [...set][0]) differs++;
      const offset = randomInt(random, 3) === 0 ? first : randomInt(random, 400);
      if (randomInt(random, 2) === 0) {
        queue.add(offset);
        set.add(offset);
      } else if (queue.delete(offset) !== set.delete(offset)) differs++;
      if (queue.size !== set.size || queue.has(offset) !== set.has(offset)) differs++;
      if (step % 100 === 0) expect([...queue]).toEqual([...set]);
    }
    expect(differs).toBe(0);
    expect([...queue]).toEqual([...set]);
  });

  test('do not come any more once they are deleted, also while someone goes through them', () => {
    const queue = new PendingQueue(Array.from({ length: 1000 }, (_, i) => i));
    const seen: number[] = [];
    for (const offset of queue) {
      seen.push(offset);
      for (let i = offset; i < offset + 10; i++) queue.delete(i);
    }
    expect(seen).toEqual(Array.from({ length: 100 }, (_, i) => i * 10));
  });
});
