import { campaign, CAMPAIGN_LIMIT_MS } from './campaign.js';

/** Other runs every time: `npm test -- --seed=N` plays them again. */
it(
  "keeps every promise through runs of this test run's own seed, as many as fit in 100 s",
  () => {
    expect(campaign(jest.getSeed(), 5_000)).toBeGreaterThan(100);
  },
  CAMPAIGN_LIMIT_MS,
);
