import { Rounds } from '../../../api/reading/rounds.js';
import { Turns } from '../../../api/reading/turns.js';

/** Shared reads: fewer questions, and never an answer from before one's own write. */

/** A store whose reads are answered when the test says so. */
class Store {
  readonly reads: (readonly string[])[] = [];
  private readonly held: (() => void)[] = [];
  value = 0;

  readonly readAll = (names: readonly string[]): Promise<ReadonlyMap<string, number>> => {
    this.reads.push(names);
    const seen = new Map(names.map((name) => [name, this.value]));
    return new Promise((resolve) => this.held.push(() => resolve(seen)));
  };

  async answer(): Promise<void> {
    for (let tries = 0; tries < 100 && this.held.length === 0; tries += 1) {
      await Promise.resolve();
    }
    this.held.shift()?.();
  }
}

test('a read that has begun is joined by nobody: it may have missed a write', async () => {
  const store = new Store();
  const rounds = new Rounds(store.readAll, 10);
  const first = rounds.take('a');
  await Promise.resolve();
  store.value = 1;
  const second = rounds.take('a');
  const third = rounds.take('b');
  await store.answer();
  await store.answer();
  expect(await Promise.all([first, second, third])).toEqual([0, 1, 1]);
  expect(store.reads).toEqual([['a'], ['a', 'b']]);
});

test('those who ask in one turn share one read; a round is bounded', async () => {
  const store = new Store();
  const rounds = new Rounds(store.readAll, 2);
  const asked = ['a', 'b', 'a', 'c'].map((name) => rounds.take(name));
  await store.answer();
  await store.answer();
  expect(await Promise.all(asked)).toEqual([0, 0, 0, 0]);
  expect(store.reads).toEqual([['a', 'b'], ['c']]);
});

test('a name that is not there is null, and a failed read fails its askers alone', async () => {
  let failing = true;
  const rounds = new Rounds<number>(() => {
    if (failing) return Promise.reject(new Error('away'));
    return Promise.resolve(new Map());
  }, 10);
  await expect(rounds.take('a')).rejects.toThrow('away');
  failing = false;
  expect(await rounds.take('a')).toBeNull();
});

test('turns of one name keep the same promise', async () => {
  const store = new Store();
  const turns = new Turns(async (name) => (await store.readAll([name])).get(name));
  const first = turns.take('a');
  store.value = 1;
  const later = [turns.take('a'), turns.take('a')];
  await store.answer();
  await first;
  await store.answer();
  expect(await Promise.all([first, ...later])).toEqual([0, 1, 1]);
  expect(store.reads).toHaveLength(2);
});
