import { campaign, CAMPAIGN_LIMIT_MS, RUNS } from './campaign.js';

/** Other runs every time: `npm test -- --seed=N` plays them again. */
it(
  "keeps every promise through 5,000 runs of 200 commands of this test run's own seed, all of them",
  () => {
    expect(campaign(jest.getSeed())).toBe(RUNS);
  },
  CAMPAIGN_LIMIT_MS,
);
