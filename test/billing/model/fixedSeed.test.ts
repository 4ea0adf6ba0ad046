import { campaign, CAMPAIGN_LIMIT_MS, RUNS } from './campaign.js';

/**
 * The reducer against the reference model, the same runs every time. One run by itself:
 * `play` its script, or `fc.check` with the seed and the path that a failure prints.
 */
it(
  'keeps every promise through 5,000 runs of 200 commands, the same every time, none left out',
  () => {
    expect(campaign(20_261_121)).toBe(RUNS);
  },
  CAMPAIGN_LIMIT_MS,
);
