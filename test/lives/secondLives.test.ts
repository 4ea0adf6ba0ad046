import { roundsLimitMs, roundsOf } from '../journeys/settings.js';
import { liveMany } from './livesSuite.js';
import { livesFrom } from './settings.js';

/**
 * Random billing histories, each a year: every invoice is what the log rated by hand comes to, at
 * Stripe too, and nothing stands there twice. A life is repeated by its seed.
 */

jest.mock('@temporalio/workflow', () => ({
  ...jest.requireActual<object>('@temporalio/common'),
  ...jest.requireActual<object>('./temporalStandIn'),
}));
jest.mock('node:timers/promises', () => jest.requireActual<object>('./timersStandIn'));
jest.mock('../../dev/stripe/state/ids', () => jest.requireActual<object>('./idsStandIn'));

const LIVES = roundsOf(500);

it(
  'a year of a customer, as the log has it',
  () => liveMany(livesFrom(500_000, LIVES)),
  roundsLimitMs(LIVES, 2_000),
);
