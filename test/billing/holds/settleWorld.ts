import type { HoldAnswer } from '../../../billing/holds/asks.js';
import type {
  Reservation,
  SettleKnowledge,
  Settlement,
} from '../../../billing/holds/settlement.js';
import { NOON_MS, planWith, DAILY } from './world.js';

/** A process that ends reservations: what it knows, and what it plans. */

/** 100 input and 20 output tokens, held at noon by `r0#1@5`. */
export const RESERVATION: Reservation = {
  id: 'r0',
  user: null,
  properties: { model: 'small' },
  quantities: { input_tokens: 100, output_tokens: 20 },
  hold: 'r0#1@5',
  isLeased: false,
  grantedAtMs: NOON_MS,
  since: 7,
  hash: 'body',
};

/** Knows no fence and no answer, and owns no lease. */
export function knowledge(more: Partial<SettleKnowledge> = {}): SettleKnowledge {
  return {
    snapshot: planWith([DAILY]),
    names: ['model', 'team'],
    isFenced: () => false,
    answers: new Map(),
    keepsRest: false,
    ...more,
  };
}

/** Knows that fences end these holds. */
export function fenced(...holds: readonly string[]): Partial<SettleKnowledge> {
  return { isFenced: (hold) => holds.includes(hold) };
}

/** Knows these answers. */
export function answered(
  ...answers: readonly (readonly [id: string, answer: HoldAnswer])[]
): Partial<SettleKnowledge> {
  return { answers: new Map(answers) };
}

/** A grant of a hold at one o'clock. */
export function grantOf(
  hold: string,
  quantities: Readonly<Record<string, number>>,
  since = 9,
): HoldAnswer {
  return {
    type: 'granted',
    hold,
    quantities,
    grantedAtMs: NOON_MS + 3_600_000,
    expiresAtMs: NOON_MS + 3_660_000,
    since,
    limits: [],
  };
}

/** A refusal. */
export const DENIED: HoldAnswer = {
  type: 'denied',
  denial: {
    code: 'limit_reached',
    retryable: false,
    detail: '',
    message: '',
    action: 'wait',
    limits: [],
    retryAtMs: null,
  },
};

/** The entry's parts. @throws Error when the plan is another. */
export function partsOf(settlement: Settlement) {
  if (settlement.type !== 'settle') throw new Error(`no settle: ${JSON.stringify(settlement)}`);
  return settlement.parts;
}

/** Ids and quantities asked. @throws Error when the plan is another. */
export function asksOf(settlement: Settlement) {
  if (settlement.type !== 'ask') throw new Error(`no ask: ${JSON.stringify(settlement)}`);
  return settlement.asks.map((ask) => {
    if (ask.type !== 'reserve') throw new Error(ask.type);
    return ask;
  });
}
