import { play } from './run.js';

/** Runs that once broke a promise, by their scripts. */

it('takes a grant back that time alone brought to a period which a plan change replaces', () => {
  expect(() =>
    play({
      setup: 1_341_331_942,
      moves: [
        { name: 'closePeriod', dice: 631_844_809 },
        { name: 'changePlan', dice: 1_246_574_549 },
        { name: 'advance', dice: 1_988_791_349 },
      ],
    }),
  ).not.toThrow();
});
