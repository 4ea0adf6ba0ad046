import { campaign, CAMPAIGN_LIMIT_MS } from './campaign.js';

/**
 * The reducer against the reference model, the same runs every time. One run by itself:
 * `play` its script, or `fc.check` with the seed and the path that a failure prints.
 */
it(
  'keeps every promise through the same runs, as many of 5,000 as fit in 100 s',
  () => {
    expect(campaign(20_261_121, 5_000)).toBeGreaterThan(100);
  },
  CAMPAIGN_LIMIT_MS,
);
