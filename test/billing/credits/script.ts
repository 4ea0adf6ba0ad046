import fc from 'fast-check';
import type { CreditAccount } from '../../../billing/credits/account.js';
import { burn, refundBurn } from '../../../billing/credits/burns.js';
import { addCredits } from '../../../billing/credits/lots.js';
import { closePeriod, grantPeriod } from '../../../billing/credits/periods.js';
import { creditsOf } from '../../../billing/quantity.js';
import type { NaiveAccount } from './naive.js';
import { period, PERIOD_MS, planGranting, START_MS } from './world.js';

/** Random lives of an account, played to the module and to a naive one at once. */

const GRANT = 20_000_000;
const ROLLOVER_MAX = 7_500_000;
const PLAN = planGranting({ amount: '20', rolloverMax: '7.5' });

/** Largest roll-over that the plan of these lives allows, micro-credits. */
export const LARGEST_ROLLOVER = ROLLOVER_MAX;

/** One thing that happens. Segments and times are meant modulo what is open. */
export type Happening =
  | { type: 'use'; amount: number; back: number; minute: number }
  | { type: 'give'; id: number; kind: Kind; amount: number; minute: number; ends: number | null }
  | { type: 'void'; event: number; amount: number; back: number; minute: number; ends: boolean }
  | { type: 'begin' }
  | { type: 'close' };

type Kind = 'purchase' | 'promotion' | 'refund';

const amount = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 1, max: 9_000_000 }));
const back = fc.integer({ min: 0, max: 2 });
const minute = fc.integer({ min: 0, max: 4 });

/** A life of up to 60 happenings. */
export const life: fc.Arbitrary<Happening[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ type: fc.constant('use' as const), amount, back, minute }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        type: fc.constant('give' as const),
        id: fc.nat({ max: 8 }),
        kind: fc.constantFrom<Kind>('purchase', 'promotion', 'refund'),
        amount,
        minute,
        ends: fc.option(fc.integer({ min: 1, max: 5 })),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        type: fc.constant('void' as const),
        event: fc.nat({ max: 4 }),
        amount,
        back,
        minute,
        ends: fc.boolean(),
      }),
    },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('begin' as const) }) },
    { weight: 1, arbitrary: fc.record({ type: fc.constant('close' as const) }) },
  ),
  { maxLength: 60 },
);

/** Both accounts, and where their periods stand. */
export interface Played {
  account: CreditAccount;
  readonly naive: NaiveAccount;
  /** Newest period that has begun. */
  open: number;
  /** Newest closed period. */
  closed: number;
  /** Micro-credits used, and those of them that voids took off what was owed. */
  used: number;
  forgiven: number;
}

/** Half of a period: lots may end there, too. */
const HALF_MS = PERIOD_MS / 2;

function atOf(played: Played, backBy: number, atMinute: number): [number, number] {
  const segment = Math.max(0, played.open - backBy);
  return [segment, START_MS + segment * PERIOD_MS + (atMinute % 4) * HALF_MS / 2];
}

/** Begins the first period or the next one. */
export function begin(played: Played, index: number): void {
  played.account = grantPeriod(played.account, PLAN, period(index));
  const { startMs, endMs } = period(index);
  const id = `grant/${index}`;
  played.naive.add({ id, kind: 'grant', atMs: startMs, endsMs: endMs, period: index }, GRANT);
}

/** Closes a period. */
export function close(played: Played, index: number): void {
  played.account = closePeriod(played.account, PLAN, period(index), period(index + 1));
  played.naive.close(index, ROLLOVER_MAX, START_MS, PERIOD_MS);
}

function give(played: Played, given: Extract<Happening, { type: 'give' }>): void {
  const [, atMs] = atOf(played, 0, given.minute);
  const expiresAtMs = given.ends === null ? undefined : atMs + given.ends * HALF_MS;
  // A life's ids are fresh in each period: the log holds one for ever, the state for a while.
  const name = `${played.closed}-${given.id}`;
  const { kind } = given;
  const credits = creditsOf(given.amount);
  played.account = addCredits(played.account, {
    id: name,
    kind,
    amount: credits,
    expiresAtMs,
    atMs,
  });
  const endsMs = expiresAtMs ?? Infinity;
  played.naive.add({ id: `credit/${name}`, kind, atMs, endsMs, period: null }, given.amount);
}

/** Lets one thing happen to both. Returns the lots that each burned. */
export function play(played: Played, happening: Happening): [string[], string[]] {
  if (happening.type === 'begin' && played.open - played.closed < 3) {
    played.open += 1;
    begin(played, played.open);
  } else if (happening.type === 'close' && played.closed + 1 < played.open) {
    played.closed += 1;
    close(played, played.closed);
  } else if (happening.type === 'give') {
    give(played, happening);
  } else if (happening.type === 'void') {
    takeBack(played, happening);
  } else if (happening.type === 'use') {
    return use(played, happening);
  }
  return [[], []];
}

function use(played: Played, usage: Extract<Happening, { type: 'use' }>): [string[], string[]] {
  const [segment, atMs] = atOf(played, usage.back, usage.minute);
  const ask = { microCredits: usage.amount, segment, atMs, because: {} };
  const burned = burn(played.account, ask);
  played.account = burned.account;
  played.used += usage.amount;
  return [[...burned.from], played.naive.burn(segment, atMs, usage.amount)];
}

function takeBack(played: Played, taken: Extract<Happening, { type: 'void' }>): void {
  const [segment, atMs] = atOf(played, taken.back, taken.minute);
  const expiresAtMs = taken.ends ? atMs + PERIOD_MS : null;
  const ask = { microCredits: taken.amount, segment, atMs, event: `e${taken.event}`, expiresAtMs };
  const { account, refunded } = refundBurn(played.account, ask);
  played.account = account;
  played.forgiven += taken.amount - refunded;
  played.naive.refund(segment, `e${taken.event}`, atMs, expiresAtMs ?? Infinity, taken.amount);
}
