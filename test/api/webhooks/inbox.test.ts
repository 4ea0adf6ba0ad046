import fc from 'fast-check';
import type { StripeEvent } from '../../../api/webhooks/stripeEvent.js';
import { InboxWorld, type Fate } from './inboxWorld.js';

/** Each event acted on once and never lost, in whatever order, however often, whatever dies. */

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Of the customers of these events `cus_late` becomes known later, `cus_other` never. */
const OURS = ['cus_a', 'cus_b', 'cus_late'];

/** A year of a few customers: invoices, disputes, strangers, and what concerns nobody. */
const YEAR: readonly StripeEvent[] = Array.from({ length: 24 }, (_, index) => {
  const id = `evt_${String(index).padStart(2, '0')}`;
  const base = { id, type: 'invoice.created', mode: 'test', stripeCustomer: null } as const;
  if (index % 8 === 6) return { ...base, lookup: { object: 'charge', id: 'ch_1' } as const };
  if (index % 8 === 7) return { ...base, reason: 'it concerns nobody' };
  return { ...base, stripeCustomer: [...OURS, 'cus_other'][index % 4] ?? null };
});

function newWorld(): InboxWorld {
  const world = new InboxWorld();
  for (const customer of ['cus_a', 'cus_b']) world.known.add(`test/${customer}`);
  return world;
}

/** Sweeps until nothing waits: no row waits for longer than strangers do. */
async function settle(world: InboxWorld): Promise<void> {
  world.fates = [];
  for (let minute = 0; minute < 12; minute += 1) {
    world.nowMs += MINUTE_MS;
    await world.sweep();
  }
}

/** What each event comes to and who is told, when each arrives once and all goes well. */
async function expected() {
  const world = newWorld();
  world.known.add('test/cus_late');
  for (const event of YEAR) await world.receive(event);
  await settle(world);
  return { ends: world.ends(), told: [...new Set(world.told)].sort() };
}

type Move =
  | { readonly event: StripeEvent; readonly fates: readonly Fate[] }
  | { readonly passMs: number; readonly fates: readonly Fate[] }
  | { readonly lateIsKnown: true };

const fates = fc.array(fc.constantFrom<Fate>('well', 'before', 'after'), { maxLength: 3 });
const delivery = fc.record({ event: fc.constantFrom(...YEAR), fates });
const passing = fc.record({ passMs: fc.constantFrom(0, 5_000, 18_000), fates });

/** Every event at least once, in any order, with repeats, crashes and sweeps in between. */
const histories: fc.Arbitrary<readonly Move[]> = fc
  .record({
    once: fc.shuffledSubarray([...YEAR], { minLength: YEAR.length }),
    rest: fc.array(fc.oneof<[typeof delivery, typeof passing]>(delivery, passing), {
      maxLength: 30,
    }),
    late: fc.nat(),
    order: fc.array(fc.nat(), { minLength: YEAR.length, maxLength: YEAR.length }),
  })
  .map(({ once, rest, late, order }) => {
    const moves: Move[] = [...rest];
    moves.splice(late % (rest.length + 1), 0, { lateIsKnown: true });
    for (const [index, event] of once.entries()) {
      moves.splice((order[index] ?? 0) % (moves.length + 1), 0, { event, fates: [] });
    }
    return moves;
  });

async function live(world: InboxWorld, moves: readonly Move[]): Promise<void> {
  for (const move of moves) {
    if ('lateIsKnown' in move) world.known.add('test/cus_late');
    else {
      world.fates = [...move.fates];
      if ('event' in move) await world.receive(move.event);
      else {
        world.nowMs += move.passMs;
        await world.sweep();
      }
    }
  }
}

test('any permutation of a year with repeats and crashes ends the same', async () => {
  const wanted = await expected();
  await fc.assert(
    fc.asyncProperty(histories, async (moves) => {
      const world = newWorld();
      await live(world, moves);
      await settle(world);
      expect(world.ends()).toEqual(wanted.ends);
      expect([...new Set(world.told)].sort()).toEqual(wanted.told);
    }),
    { numRuns: 2_000 },
  );
}, 120_000);

const [FIRST] = YEAR as [StripeEvent];

describe('swallowed webhook: a crash between inbox row and signal', () => {
  const killed = async () => {
    const world = newWorld();
    world.fates = ['well', 'before'];
    expect(await world.receive(FIRST)).toBe(false);
    expect([world.ends(), world.told]).toEqual([{ evt_00: 'received ' }, []]);
    return world;
  };
  const acted = [{ evt_00: 'handed ' }, ['test/cus_a evt_00']];

  test('is acted on by Stripe’s repeat', async () => {
    const world = await killed();
    expect(await world.receive(FIRST)).toBe(true);
    expect([world.ends(), world.told]).toEqual(acted);
  });

  test('is acted on by the sweep, three days later too', async () => {
    const world = await killed();
    world.nowMs += 3 * DAY_MS;
    await world.sweep();
    expect([world.ends(), world.told]).toEqual(acted);
  });

  test('and one after the signal signals again, which changes nothing', async () => {
    const world = newWorld();
    world.fates = ['well', 'after'];
    expect(await world.receive(FIRST)).toBe(false);
    expect(await world.receive(FIRST)).toBe(true);
    expect(world.told).toEqual(['test/cus_a evt_00', 'test/cus_a evt_00']);
    expect(await world.receive(FIRST)).toBe(true);
    expect(world.told).toHaveLength(2);
  });
});

test('a repeat can’t change whom an event concerns: the row that stands counts', async () => {
  const world = newWorld();
  world.fates = ['well', 'before'];
  await world.receive(FIRST);
  await world.receive({ ...FIRST, mode: 'live', stripeCustomer: 'cus_b' });
  expect(world.told).toEqual(['test/cus_a evt_00']);
});

test('a live event finds no test customer, and the other way round', async () => {
  const world = newWorld();
  await world.receive({ ...FIRST, mode: 'live' });
  expect(world.told).toEqual([]);
  await settle(world);
  expect(world.ends()).toEqual({ evt_00: 'ignored cus_a is no customer of ours' });
  expect(world.told).toEqual([]);
});
