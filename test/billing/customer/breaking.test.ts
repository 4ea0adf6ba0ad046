import { breakerEffects } from '../../../billing/customer/breaking.js';
import { foldStretch } from '../../../billing/customer/fold.js';
import { reduce } from '../../../billing/customer/reducer.js';
import { rowFingerprint } from '../../../billing/customer/reads/row.js';
import { row, START_MS, subscribed, used } from './world.js';

const DAY_MS = 86_400_000;
/** Ten seconds past a minute of the twelfth day. */
const NOW_MS = START_MS + 11 * DAY_MS + 10_000;

/** Ten days of 100 tokens, then so many in the last minute. */
const after = (tokens: number) => {
  const days = Array.from({ length: 10 }, (_, day) => row(START_MS + day * DAY_MS, 100));
  return foldStretch(subscribed(), used(3, 3, [...days, row(NOW_MS, tokens)]));
};

describe('the freeze that the breaker wants in the log', () => {
  const runaway = after(1_001);
  const wanted = {
    type: 'writeCommand',
    id: `breaker-tokens-${NOW_MS - 10_000}-1001`,
    command: {
      type: 'freeze',
      reason: 'Tokens: 1,001 in the last 60 minutes, more than 10 typical days of 100.',
      atMs: NOW_MS - 10_000,
    },
  };

  it('is named for its content: a repeat is the same command', () => {
    expect(breakerEffects(runaway, NOW_MS)).toEqual([wanted]);
    expect(breakerEffects(runaway, NOW_MS + 49_999)).toEqual([wanted]);
    expect(breakerEffects(runaway, NOW_MS + 50_000)).not.toEqual([wanted]);
  });

  it('comes with time, and not below the measure', () => {
    const saved = { ...runaway, savedRow: rowFingerprint(runaway) };
    const { effects } = reduce(saved, { type: 'time', realNowMs: NOW_MS, random: 'r' });
    expect(effects).toContainEqual(wanted);
    expect(breakerEffects(after(1_000), NOW_MS)).toEqual([]);
  });

  it('is not wanted before the log is read, nor once it contradicts itself, nor early', () => {
    expect(breakerEffects({ ...runaway, synced: false }, NOW_MS)).toEqual([]);
    expect(breakerEffects({ ...runaway, halted: 'number 3 is missing' }, NOW_MS)).toEqual([]);
    expect(breakerEffects({ ...runaway, segments: [] }, NOW_MS)).toEqual([]);
  });
});
