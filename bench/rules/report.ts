import { groupDigits } from '../../billing/money.js';
import { figuresTable } from '../../cli/figuresTable.js';
import type { ComputerShape } from '../computer.js';
import type { RuleFigures } from './measure.js';

/** What `npm run bench -- rules` prints. */

/** The figures as a table. */
export function rulesTable(figures: readonly RuleFigures[]): string {
  const head = ['rule', 'calls', 'us each', 'fastest', 'slowest', 'a second', 'goal', 'all, s'];
  const rows = figures.map((one) => [
    one.name,
    groupDigits(one.calls),
    one.medianMicros.toFixed(2),
    one.fastestMicros.toFixed(2),
    one.slowestMicros.toFixed(2),
    groupDigits(one.perSecond),
    goalOf(one),
    (one.roundMs / 1000).toFixed(2),
  ]);
  return figuresTable(head, 1, rows);
}

function goalOf({ goalMicros, medianMicros }: RuleFigures): string {
  if (goalMicros === null) return '';
  return `${medianMicros <= goalMicros ? 'met' : 'MISSED'}: ${goalMicros}`;
}

/** What was measured, and what was wrong. */
export function rulesLines(figures: readonly RuleFigures[], computer: ComputerShape): string[] {
  const faults = figures.flatMap((one) => one.faults);
  return [
    `One process of ${computer.cores} cores (load before: ${computer.loadBefore}),` +
      ` Node ${computer.node}; the median of ${figures[0]?.rounds.length ?? 0} rounds.`,
    ...figures.map(({ name, what }) => `${name}: ${what}.`),
    ...faults.map((fault) => `WRONG: ${fault}`),
    faults.length === 0 ? 'Every result is as it must be.' : `${faults.length} results are wrong.`,
  ];
}
