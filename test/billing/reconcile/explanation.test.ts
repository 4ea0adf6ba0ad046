import { checkStep, segmentStarting } from '../../../billing/reconcile/explanation.js';
import { subscribed } from '../customer/world.js';
import { groundOf } from './ground.js';

/** What every explanation of a line begins and ends with. */

test('a line is about the period that starts with it, to the millisecond', () => {
  const ground = groundOf(subscribed());
  expect(segmentStarting(ground, '2026-01-01T00:00:00.000Z').index).toBe(0);
  expect(() => segmentStarting(ground, '2026-01-01T00:00:00.001Z')).toThrow(
    'the log has no period that starts at 2026-01-01T00:00:00.001Z',
  );
});

test('what was computed anew stands beside what the line says', () => {
  expect(checkStep('base', 673, 673)).toEqual({
    line: 'base',
    step: 'check',
    text: 'computed anew 673, the same as the line',
    figures: { recomputedMinor: 673, amountMinor: 673, equal: true },
  });
  expect(checkStep('base', 673, 674)).toMatchObject({
    text: 'computed anew 673, the line says 674: NOT EQUAL',
    figures: { recomputedMinor: 673, amountMinor: 674, equal: false },
  });
});
