import { play } from './run.js';

/** Found by a campaign: seed 469176248, shrunk. */
const MOVES = [
  ['changePlan', 704795512],
  ['reserve', 425331660],
  ['closePeriod', 1101050271],
  ['reserve', 975146155],
  ['commit', 32203184],
  ['reserve', 664352646],
  ['advance', 748448666],
  ['commit', 536156538],
  ['advance', 218939653],
  ['commit', 1889267652],
  ['reserve', 631963592],
  ['release', 1704882508],
  ['arriveUnhealed', 1491985372],
  ['changeZone', 915870088],
  ['advance', 151819165],
] as const;

it('a move to another zone that is folded late still finds the hour it was asked in', () => {
  const moves = MOVES.map(([name, dice]) => ({ name, dice }));
  expect(() => play({ setup: 690129891, moves })).not.toThrow();
});
