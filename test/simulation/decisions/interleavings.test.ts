import { DATES } from './dateScripts.js';
import { LOG_LINES } from './logScripts.js';
import { ENDINGS, USES, type Interleaving } from './scripts.js';

/**
 * Each line of the list of interleavings that break a weaker protocol, played twice: by the rules,
 * and with the one rule left out that the line is about.
 */
const named = (lines: readonly Interleaving[]) =>
  lines.map((line) => [line.plant, line.tells, line] as const);

async function playTwice(line: Interleaving): Promise<void> {
  expect(await line.play({})).toEqual([]);
  expect((await line.play({ [line.plant]: true })).join('\n')).toMatch(line.breaks);
}

describe('how holds end', () => {
  it.each(named(ENDINGS))('%s: %s', (_plant, _tells, line) => playTwice(line));
});

describe('where usage is dated', () => {
  it.each(named(DATES))('%s: %s', (_plant, _tells, line) => playTwice(line));
});

describe('what a hold is used for', () => {
  it.each(named(USES))('%s: %s', (_plant, _tells, line) => playTwice(line));
});

describe('the log below them', () => {
  it.each(named(LOG_LINES))('%s: %s', (_plant, _tells, line) => playTwice(line));
});
