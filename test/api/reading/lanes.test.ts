import { inLanes } from '../../../api/reading/lanes.js';

/** Work on a page of customers, a few at a time. */

const items = Array.from({ length: 30 }, (_, index) => index);

test('answers in the order of the page, a few at a time', async () => {
  let running = 0;
  let most = 0;
  const values = await inLanes(items, async (item) => {
    running += 1;
    most = Math.max(most, running);
    for (let turn = item % 5; turn >= 0; turn -= 1) await Promise.resolve();
    running -= 1;
    return item * 2;
  });
  expect(values).toEqual(items.map((item) => item * 2));
  expect(most).toBe(8);
});

test('after a failure nothing else is begun, and what had begun is done first', async () => {
  const begun: number[] = [];
  const done: number[] = [];
  const work = inLanes(items, async (item) => {
    begun.push(item);
    if (item === 3) throw new Error('refused');
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
    done.push(item);
  });
  await expect(work).rejects.toThrow('refused');
  expect(begun).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  expect(done).toEqual([0, 1, 2, 4, 5, 6, 7]);
});
