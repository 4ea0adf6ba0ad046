import { asSparing } from '../../../../billing/customer/reporting/sparing.js';
import { subscribed } from '../world.js';

/** One state, two ages of run. */

it('takes the mark off where a run began before, puts it on once, and changes nothing else', () => {
  const state = subscribed();
  expect(asSparing(state, true)).toBe(state);
  const before = asSparing(state, false);
  expect('sparing' in before).toBe(false);
  expect(asSparing(before, true)).toEqual(state);
  expect(asSparing(before, false)).toEqual(before);
});
