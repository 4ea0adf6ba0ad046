/** Work on many customers, a few at a time: it must not flood Temporal with queries. */

const LANES = 8;

/**
 * Runs over a page and answers in its order. After the first failure no other item is begun; it
 * is thrown once what had begun is done.
 */
export async function inLanes<Item, Value>(
  items: readonly Item[],
  run: (item: Item) => Promise<Value>,
): Promise<Value[]> {
  const values: Value[] = [];
  let next = 0;
  let failed = false;
  const lane = async (): Promise<void> => {
    while (next < items.length && !failed) {
      const at = next;
      next += 1;
      try {
        values[at] = await run(items[at] as Item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: LANES }, lane));
  for (const ended of lanes) if (ended.status === 'rejected') throw ended.reason;
  return values;
}
