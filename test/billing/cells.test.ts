import fc from 'fast-check';
import {
  cellEntries,
  cellOf,
  type Cells,
  noCells,
  withCell,
  withoutCell,
} from '../../billing/cells.js';

/** Keys that objects treat in their own way, short ones that meet again, and any text. */
const key = fc.oneof(
  fc.constantFrom('', '__proto__', 'constructor', 'hasOwnProperty', '0', '12', '-1', 'null', '='),
  fc.integer({ min: 0, max: 60 }).map((n) => `=user-${n}`),
  fc.string({ unit: 'binary', maxLength: 4 }),
);

type Step = readonly [kind: 'set' | 'drop' | 'json', key: string, value: number];

const step: fc.Arbitrary<Step> = fc.tuple(
  fc.constantFrom('set', 'set', 'set', 'drop', 'json'),
  key,
  fc.integer(),
);

function apply(cells: Cells<number>, [kind, name, value]: Step): Cells<number> {
  if (kind === 'set') return withCell(cells, name, value);
  if (kind === 'drop') return withoutCell(cells, name);
  return JSON.parse(JSON.stringify(cells)) as Cells<number>;
}

const check = { numRuns: 200, seed: jest.getSeed() };

function sorted(entries: Iterable<readonly [string, number]>): (readonly [string, number])[] {
  return [...entries].toSorted(([one], [other]) => (one < other ? -1 : 1));
}

function filled(keys: readonly string[]): Cells<number> {
  return keys.reduce((cells, name, index) => withCell(cells, name, index), noCells<number>());
}

const USERS = Array.from({ length: 10_000 }, (_, n) => `=user-${n}`);

describe('cells', () => {
  it('hold what a map holds, whatever the keys, through JSON too', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const map = new Map<string, number>();
        let cells = noCells<number>();
        const differing = steps.filter(([kind, name, value]) => {
          if (kind === 'set') map.set(name, value);
          if (kind === 'drop') map.delete(name);
          cells = apply(cells, [kind, name, value]);
          return cellOf(cells, name) !== map.get(name) || cells.size !== map.size;
        });
        expect(differing).toEqual([]);
        expect(sorted(cellEntries(cells))).toEqual(sorted(map));
      }),
      check,
    );
  });

  it('never change: whoever holds the old ones sees the old ones', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        let cells = noCells<number>();
        const seen: [Cells<number>, string][] = [];
        for (const one of steps) {
          seen.push([cells, JSON.stringify(cells)]);
          cells = apply(cells, one);
        }
        for (const [old, text] of seen) expect(JSON.stringify(old)).toBe(text);
      }),
      check,
    );
  });

  it('go through JSON without a difference, in the same order', () => {
    fc.assert(
      fc.property(fc.array(key, { maxLength: 200 }), (keys) => {
        const cells = filled(keys);
        expect(JSON.parse(JSON.stringify(cells))).toEqual(cells);
      }),
      check,
    );
  });

  it('know no key that was not put in, however objects name theirs', () => {
    const cells = withCell(noCells<number>(), 'a', 1);
    for (const name of ['toString', '__proto__', 'constructor', 'length', '0', '']) {
      expect(cellOf(cells, name)).toBeUndefined();
    }
  });

  it('stay the same object where a key to drop is not there', () => {
    const cells = filled(['a', 'b']);
    expect(withoutCell(cells, 'c')).toBe(cells);
  });

  it('that lose their last key are as if they never had one', () => {
    const cells = USERS.reduce((rest, name) => withoutCell(rest, name), filled(USERS));
    expect(cells).toEqual(noCells());
  });

  it('keep every key while shards multiply', () => {
    const cells = filled(USERS);
    expect(cells.size).toBe(10_000);
    expect(USERS.every((name, index) => cellOf(cells, name) === index)).toBe(true);
    expect(cellEntries(cells)).toHaveLength(10_000);
  });
});

describe('a change copies little', () => {
  /** Cells that are not the very same in both. */
  function copied(before: Cells<number>, after: Cells<number>): number {
    const old = new Set(before.shards);
    const fresh = after.shards.filter((shard) => !old.has(shard));
    return fresh.reduce((sum, { length }) => sum + length, 0);
  }

  it.each([
    ['users by number', (n: number) => `=user-${n}`],
    ['long common beginnings', (n: number) => `=${'x'.repeat(60)}${n}`],
    ['numbers', (n: number) => `=${n * 1024}`],
    ['texts that differ in high bits only', (n: number) => high(n)],
  ])('of 10,000 keys: one shard of at most 60 of them (%s)', (_, name) => {
    const cells = filled(Array.from({ length: 10_000 }, (_unused, n) => name(n)));
    expect(cells.size).toBe(10_000);
    expect(cells.shards.length).toBeLessThanOrEqual(1024);
    expect(Math.max(...cells.shards.map(({ length }) => length))).toBeLessThanOrEqual(60);
    const changed = copied(cells, withCell(cells, name(77), -1));
    expect(changed).toBeGreaterThan(0);
    expect(changed).toBeLessThanOrEqual(60);
    expect(copied(cells, withoutCell(cells, name(77)))).toBeLessThanOrEqual(60);
  });

  /** Three code units, all multiples of 2,048: their low bits are the same in each. */
  function high(n: number): string {
    const digits = [n % 27, Math.floor(n / 27) % 27, Math.floor(n / 729)];
    return String.fromCharCode(...digits.map((digit) => 0x0800 * digit));
  }

  it('up to 24 keys need one shard', () => {
    expect(filled(USERS.slice(0, 24)).shards).toHaveLength(1);
    expect(filled(USERS.slice(0, 25)).shards).toHaveLength(4);
  });
});
