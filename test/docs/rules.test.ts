import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WORDS } from './exampleWords.js';

/** Every example of docs/rules.md is run: `expression ⇒ value`, one a line, indented. */

const LINES_MAX = 150;

const page = readFileSync(join(__dirname, '..', '..', 'docs', 'rules.md'), 'utf8');
const examples = page
  .split('\n')
  .filter((line) => line.startsWith('    '))
  .map((line) => line.trim().split(' ⇒ ') as [expression: string, value: string]);

/** The value of a line of the page: plain JavaScript over the words of the examples. */
function evaluated(expression: string): unknown {
  const names = Object.keys(WORDS);
  // oxlint-disable-next-line typescript/no-implied-eval
  const run = new Function(...names, `return (${expression});`) as (...words: unknown[]) => unknown;
  return run(...names.map((name) => WORDS[name]));
}

it.each(examples)('%s ⇒ %s', (expression, value) => {
  expect(evaluated(expression)).toEqual(evaluated(value));
});

it('has an example for each of its rules, on one page', () => {
  const rules = page.split('\n').filter((line) => line.startsWith('**'));
  expect(examples.length).toBe(rules.length);
  expect(examples.length).toBeGreaterThan(20);
  expect(page.split('\n').length).toBeLessThanOrEqual(LINES_MAX);
});

it('notices an example that is wrong', () => {
  expect(evaluated("add('0.1', '0.2')")).not.toEqual(evaluated("'0.30000000000000004'"));
});
