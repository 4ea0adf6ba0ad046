import type { Switches } from '../../dev/stripe/switches.js';
import { Chance } from '../simulation/chance.js';
import { LINE_FAULTS, type LineFault } from './chancyLine.js';

/** What happens in one customer's life, drawn from a seed before anything of it runs. */

/** How the workflow hears of what was written: with sums, of the head alone, or not at all. */
export type Telling = 'sums' | 'head' | 'lost';

/** One event as a caller sends it; dated `agoMs` before the customer's now. */
export interface SentEvent {
  readonly id: string;
  readonly quantities: Readonly<Record<string, number>>;
  readonly agoMs: number;
}

/** One thing that happens; `pick` chooses among what there is by then. */
export type Move =
  | { readonly do: 'use'; readonly events: readonly SentEvent[]; readonly telling: Telling }
  | { readonly do: 'repeat'; readonly pick: number; readonly changed: boolean }
  | { readonly do: 'void'; readonly pick: number; readonly telling: Telling }
  | { readonly do: 'plan'; readonly plan: string; readonly when: 'now' | 'periodEnd' }
  | { readonly do: 'cancel'; readonly when: 'now' | 'periodEnd'; readonly then: 'free' | null }
  | { readonly do: 'resume' }
  | { readonly do: 'outage'; readonly fault: LineFault; readonly left: number }
  | { readonly do: 'webhooks'; readonly order: number; readonly repeats: number };

/**
 * A move and when it happens, ms after the customer's first period has begun; `atEnd`: not before
 * the very minute in which the period then ends; `awayOverEnd`: shortly before that, and Stripe
 * refuses so many requests from then on.
 */
export type Timed = Move & {
  readonly afterMs: number;
  readonly atEnd?: true;
  readonly awayOverEnd?: number;
};

/** A whole life. */
export interface Script {
  readonly seed: number;
  readonly plan: string;
  readonly anchorMs: number;
  readonly lengthMs: number;
  readonly switches: Partial<Switches>;
  /** Of each request to Stripe to meet a fault. */
  readonly faultProbability: number;
  /** What becomes of webhooks: told at once, at moments of the script, or never. */
  readonly webhooks: 'atOnce' | 'scripted' | 'never';
  /** How soon spikes are approved: at the next move, or not before the end. */
  readonly approves: 'soon' | 'late';
  readonly historyLengthMax: number;
  readonly moves: readonly Timed[];
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** A day less than events may be old: what is sent takes a while to be written. */
const AGE_MAX_MS = 34 * DAY_MS;

/** A life is a year; one that is billed daily is shorter, for it costs as much as thirty others. */
const LENGTH_DAYS = 365;
const DAILY_LENGTH_DAYS = 20;

/** Plans that a life begins with, as often as they stand here, but for rarer ones. */
const FIRST_PLANS = [
  ...['unit', 'unit', 'tiers', 'tiers', 'tiers', 'metered', 'bulk', 'bulk', 'flat'],
  ...['seated', 'tried', 'tried', 'free', 'unit', 'tiers', 'bulk', 'metered', 'yearly', 'yearly'],
] as const;

const NEXT_PLANS = [
  ...['free', 'unit', 'unit', 'tiers', 'tiers', 'metered'],
  ...['bulk', 'bulk', 'flat', 'tried', 'seated', 'yearly'],
] as const;

const METERS = [
  ...['tokens', 'tokens', 'tokens', 'tokens', 'tokens', 'tokens'],
  ...['images', 'images', 'calls', 'calls', 'peak', 'seats'],
] as const;

function drawSwitches(chance: Chance): Partial<Switches> {
  return {
    tieRounding: chance.happens(0.2) ? 'halfEven' : 'halfUp',
    flatAtZero: chance.happens(0.15),
    draftAfterMinutes: chance.happens(0.2) ? 60 : 0,
    emptyInvoices: chance.happens(0.3),
    zeroUnitLines: chance.happens(0.5),
    trialInvoices: chance.happens(0.5),
    minimumCharge: chance.happens(0.7),
    afterLastRetry: chance.pick(['canceled', 'past_due', 'unpaid'] as const),
    uncollectedIsPastDue: chance.happens(0.3),
    meterEventFaults: chance.pick(['async', 'sync'] as const),
    earlyRefreshOfDrafts: chance.happens(0.3),
    finalisationLags: chance.happens(0.3),
    concurrentMeterEvents: chance.pick(['free', 'free', '409', '429'] as const),
    summaryLagMs: chance.pick([0, 0, 0, 0, 0, 0, 150, 3000]),
    advanceMs: chance.pick([0, 0, 0, 30]),
  };
}

/** Few or many units: tiers are reached, and halves of a cent are met. */
function drawUnits(chance: Chance): number {
  const size = chance.pick([9, 120, 700, 5000]);
  return chance.happens(0.03) ? 0 : chance.whole(1, size);
}

function drawAge(chance: Chance): number {
  if (chance.happens(0.6)) return 0;
  return chance.happens(0.6) ? chance.whole(0, 3 * DAY_MS) : chance.whole(0, AGE_MAX_MS);
}

/** Draws moves; it numbers the events. */
class Drawing {
  #events = 0;

  constructor(private readonly chance: Chance) {}

  #event(): SentEvent {
    const { chance } = this;
    this.#events += 1;
    const first = { [chance.pick(METERS)]: drawUnits(chance) };
    const more = chance.happens(0.2) ? { [chance.pick(METERS)]: drawUnits(chance) } : {};
    return { id: `e${this.#events}`, quantities: { ...more, ...first }, agoMs: drawAge(chance) };
  }

  #telling(): Telling {
    return this.chance.pick(['sums', 'sums', 'head', 'lost'] as const);
  }

  usage(): Move {
    const count = this.chance.happens(0.8) ? 1 : this.chance.whole(2, 6);
    const events = Array.from({ length: count }, () => this.#event());
    return { do: 'use', events, telling: this.#telling() };
  }

  other(): Move {
    const { chance } = this;
    const draw = chance.whole(1, 100);
    const pick = chance.whole(0, 1_000_000);
    const when = chance.pick(['now', 'periodEnd'] as const);
    if (draw <= 22) return { do: 'repeat', pick, changed: chance.happens(0.3) };
    if (draw <= 50) return { do: 'void', pick, telling: this.#telling() };
    if (draw <= 62) return { do: 'plan', plan: chance.pick(NEXT_PLANS), when };
    if (draw <= 66) return { do: 'cancel', when, then: chance.pick(['free', null] as const) };
    if (draw <= 70) return { do: 'resume' };
    if (draw <= 82) {
      return { do: 'outage', fault: chance.pick(LINE_FAULTS), left: chance.whole(1, 9) };
    }
    return { do: 'webhooks', order: pick, repeats: chance.whole(0, 3) };
  }
}

/** Some changes of plan now fall into the very minute in which a period begins. */
function atEnds(move: Move, chance: Chance): Pick<Timed, 'atEnd'> {
  const isNow = move.do === 'plan' && move.when === 'now';
  return isNow && chance.happens(0.3) ? { atEnd: true } : {};
}

/** What is asked for a period's end, some of it so late that Stripe can't be told in time. */
function overEnds(move: Move, chance: Chance): Pick<Timed, 'awayOverEnd'> {
  const isForEnd = (move.do === 'plan' || move.do === 'cancel') && move.when === 'periodEnd';
  if (!chance.happens(isForEnd ? 0.5 : 0.03)) return {};
  return { awayOverEnd: chance.whole(20, 400) };
}

/** Weekly and daily ones are rare: their many periods cost many requests. */
function drawPlan(chance: Chance): string {
  const draw = chance.whole(1, 300);
  if (draw === 1) return 'daily';
  return draw <= 5 ? 'weekly' : chance.pick(FIRST_PLANS);
}

/** The life of a seed: the same seed, the same life. */
export function scriptOf(seed: number): Script {
  const chance = new Chance(seed);
  const plan = drawPlan(chance);
  const lengthMs = (plan === 'daily' ? DAILY_LENGTH_DAYS : LENGTH_DAYS) * DAY_MS;
  const anchorMs = Date.UTC(2025, 0, 1) + chance.whole(0, 800 * 1440) * 60_000;
  const drawing = new Drawing(chance);
  const share = chance.pick([0.15, 0.3, 0.5]);
  const count = chance.whole(10, 32);
  const times = Array.from({ length: count }, () => chance.whole(0, lengthMs - DAY_MS));
  const moves = times
    .sort((a, b) => a - b)
    .map((afterMs) => {
      const move = chance.happens(share) ? drawing.other() : drawing.usage();
      return { ...move, afterMs };
    });
  const switches = drawSwitches(chance);
  const ends = new Chance(seed ^ 0x7a11);
  const away = new Chance(seed ^ 0x0e4d);
  const atItsEnd = (move: Timed): Timed => {
    return { ...move, ...atEnds(move, ends), ...overEnds(move, away) };
  };
  // A draft that the sandbox makes an hour later is of the items that are there by then.
  const isSnapped = switches.draftAfterMinutes === 0;
  return {
    seed,
    plan,
    anchorMs,
    lengthMs,
    switches,
    faultProbability: chance.pick([0, 0, 0.01, 0.04]),
    webhooks: chance.pick(['atOnce', 'scripted', 'scripted', 'never'] as const),
    approves: chance.pick(['soon', 'late'] as const),
    historyLengthMax: chance.pick([60, 400, 2000]),
    moves: isSnapped ? moves.map(atItsEnd) : moves,
  };
}
