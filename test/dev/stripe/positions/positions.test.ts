import { type Switches, defaultSwitches } from '../../../../dev/stripe/switches.js';
import { stripeTarget } from '../../../smoke/settings.js';
import { START, startWorld } from '../world.js';
import { type Ground, groundAt } from './ground.js';
import { allPositions } from './probes.js';

/**
 * The switches of the sandbox are questions that Stripe itself can answer. The questions are tried
 * on the sandbox in both positions; with a test key they are asked at Stripe, too, or at what
 * STRIPE_API_BASE names.
 */

const OTHER: Partial<Switches> = {
  tieRounding: 'halfEven',
  draftAfterMinutes: 60,
  emptyInvoices: true,
  zeroUnitLines: false,
  flatAtZero: true,
  trialInvoices: false,
  uncollectedIsPastDue: true,
  minimumCharge: false,
  meterEventFaults: 'async',
  earlyRefreshOfDrafts: true,
  concurrentMeterEvents: '429',
};

const ASKED = [...Object.keys(OTHER), 'meterEventAge'];

async function askSandbox(switches: Partial<Switches>, startSeconds: number) {
  const { sandbox, stripe } = await startWorld({ switches });
  const patience = { pauseMs: 5, limitMs: 10_000, lagMs: 0 };
  const ground: Ground = { stripe, run: 'sandbox', startSeconds, ...patience };
  try {
    return await allPositions(ground);
  } finally {
    await sandbox.stop();
  }
}

/** What is asked for of a set of positions. */
const askedOf = (switches: Partial<Switches>) =>
  Object.fromEntries(Object.entries(switches).filter(([name]) => ASKED.includes(name)));

describe('the questions', () => {
  it('find every position of a fresh sandbox', async () => {
    expect(await askSandbox({}, START)).toEqual(askedOf(defaultSwitches()));
  });

  it('find every other position', async () => {
    const other = { ...OTHER, meterEventAge: 'testClock' };
    expect(await askSandbox(OTHER, START)).toEqual(other);
  });

  it('find whose time measures the age of an event', async () => {
    const real = Math.floor(Date.now() / 1000);
    const { meterEventAge } = await askSandbox({ meterEventAge: 'realTime' }, real);
    expect(meterEventAge).toBe('realTime');
  });
});

const target = stripeTarget();

const SKIPPED = 'skipped: STRIPE_SECRET_KEY is no sk_test_ key';
if (!target) process.stderr.write(`positions of Stripe ${SKIPPED}\n`);

describe(target ? 'Stripe' : `Stripe (${SKIPPED})`, () => {
  const ask = target ? it : it.skip;
  ask(
    'takes the positions that the rules assume',
    async () => {
      if (!target) throw new Error(SKIPPED);
      const startSeconds = Math.floor(Date.now() / 1000);
      const positions = await allPositions(groundAt(target, startSeconds));
      process.stderr.write(`Stripe's positions: ${JSON.stringify(positions)}\n`);
      expect(askedOf(defaultSwitches())).toMatchObject(positions);
    },
    3_600_000,
  );
});
