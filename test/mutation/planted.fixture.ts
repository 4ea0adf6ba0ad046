import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mutationRun } from './mutate.js';

/**
 * Alters a small program of which we know what its tests notice. Prints, as its last line, what
 * became of each mutant: a list of `[line, what stands there now, status]`.
 */

const SOURCE = `
export const WORDS = ['one', 'two'];
export function larger(a: number, b: number): number {
  return a > b ? a : b;
}
export function sumTo(n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i += 1) sum += i;
  return sum;
}
const known = new Map<number, number>();
export function twice(n: number): number {
  const before = known.get(n);
  if (before !== undefined) return before;
  known.set(n, n * 2);
  return n * 2;
}
export function countDown(from: number): number {
  const step = 2 - 1;
  let steps = 0;
  for (let left = from; left !== 0; left -= step) steps += 1;
  return steps;
}
export function untested(): string {
  return 'never';
}
`;

const TESTS = `
import { countDown, larger, sumTo, twice, WORDS } from './program.js';
describe('program', () => {
  let text = '';
  beforeAll(() => { text = WORDS.join(); });
  it('has two words', () => expect(text).toBe('one,two'));
  it('takes the larger', () => expect([larger(1, 2), larger(4, 3)]).toEqual([2, 4]));
  it.each([[0, 0], [4, 6]])('sums to %i', async (n, sum) => {
    await Promise.resolve();
    expect(sumTo(n)).toBe(sum);
  });
  it('counts down', () => expect(countDown(4)).toBe(4));
  it('doubles', () => expect(twice(3)).toBe(6));
  it('doubles once more', () => expect(twice(3)).toBe(6));
});
`;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'mutation-'));
  const packages = fileURLToPath(new URL('../../node_modules', import.meta.url));
  try {
    symlinkSync(packages, join(folder, 'node_modules'), 'junction');
    writeFileSync(join(folder, 'program.ts'), SOURCE);
    writeFileSync(join(folder, 'program.test.ts'), TESTS);
    process.chdir(folder);
    const mutants = await mutationRun({
      mutate: ['program.ts'],
      testFiles: ['program.test.ts'],
      report: 'report.json',
    });
    const found = mutants.map(({ location, replacement, status }) => {
      return [location.start.line, replacement, status];
    });
    process.stdout.write(`\n${JSON.stringify(found)}\n`);
  } finally {
    process.chdir(tmpdir());
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
  process.exitCode = 1;
});
