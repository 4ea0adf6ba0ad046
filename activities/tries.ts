/** How many are worked on at once. */
const CONCURRENCY = 10;

/** What came of trying something with each of many. */
export interface Tries {
  /** How often it said true. */
  readonly count: number;
  /** One error per item that failed. */
  readonly failures: readonly unknown[];
}

/** Does it to each, ten at a time; one that fails keeps no other from it. */
export async function tryEach<T>(
  items: readonly T[],
  act: (item: T) => Promise<boolean>,
): Promise<Tries> {
  const failures: unknown[] = [];
  const queue = [...items];
  let count = 0;
  const work = async () => {
    for (let item = queue.shift(); item !== undefined; item = queue.shift()) {
      try {
        if (await act(item)) count += 1;
      } catch (error) {
        failures.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  return { count, failures };
}
