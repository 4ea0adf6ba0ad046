import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { isClockReached } from '../../billing/customer/reads/row.js';
import { customerNow } from '../../billing/customer/clock.js';
import { segmentAt } from '../../billing/customer/periods/segments.js';
import { turn } from '../../billing/customer/periods/turning.js';
import type { CustomerKey } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import type { LogWriter } from '../../ledger/contract.js';
import { invalidRequest, Problem, unavailable } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import type { CustomerRows } from '../reading/customerRows.js';
import { until } from '../reading/poll.js';
import type { Standings } from '../reading/standings.js';
import { instantTextSchema, parseInstant } from '../schemas/instant.js';
import { idSchema } from '../schemas/text.js';
import { commandEntry, commandId } from './command.js';

/** Moves a test customer's clock forward and waits until all that was due is done. */

/** Longest wait for one move. */
export const CLOCK_LIMIT_MS = 300_000;

const YEAR_MS = 366 * 86_400_000;

/** Furthest one call may go: every period on the way is billed one by one. */
const AHEAD_MS_MAX = 5 * YEAR_MS;

/** Body of POST /v1/test/clock. */
export const clockRequestSchema = z
  .strictObject({
    customer: idSchema,
    to: z.union([z.literal('periodEnd'), instantTextSchema]),
  })
  .meta({ id: 'ClockRequest' });

/** What the clock stands on. */
export interface ClockPorts {
  readonly writer: LogWriter;
  readonly rows: CustomerRows;
  readonly standings: Standings;
  tellNow(key: CustomerKey, head: number): Promise<void>;
  readonly now: () => number;
}

/** Where one move goes. */
interface Goal {
  readonly toMs: number;
  readonly segment: number | null;
}

function refuse(detail: string): never {
  throw invalidRequest([{ detail, pointer: '/to' }]);
}

function goalOf(state: CustomerState, to: string, realNowMs: number): Goal {
  const nowMs = customerNow(state, realNowMs);
  if (to === 'periodEnd') {
    if (state.segments.length === 0) refuse(`${state.key.customer} has no open period.`);
    const open = segmentAt(turn(state, nowMs), nowMs);
    return { toMs: open.endMs, segment: open.index };
  }
  const toMs = parseInstant(to) ?? 0;
  const clock = `the customer's clock shows ${new Date(nowMs).toISOString()}`;
  if (toMs < nowMs) refuse(`to must not go back; ${clock}, ${shown(to)} was given.`);
  if (toMs > nowMs + AHEAD_MS_MAX) refuse(`to is over 5 years ahead; ${clock}.`);
  return { toMs, segment: null };
}

/** Moves clocks of test customers. */
export class TestClock {
  constructor(private readonly ports: ClockPorts) {}

  /** The state once the clock is there. `idempotencyKey`: the same key moves once. */
  async move(
    asked: z.output<typeof clockRequestSchema>,
    idempotencyKey: string | null,
    gone: AbortSignal,
  ): Promise<CustomerState> {
    const { customer, to } = asked;
    const row = await this.ports.rows.fresh('test', customer);
    const state = row && (await this.ports.standings.fresh(row.key));
    if (!state || state.status === 'starting') {
      throw new Problem('unknown_customer', `There is no customer ${shown(customer)}.`);
    }
    if (state.stripe && state.stripe.testClock === null) {
      const detail = `${state.stripe.customer} has no test clock at Stripe: its time is real.`;
      throw invalidRequest([{ detail, pointer: '/customer' }]);
    }
    const goal = goalOf(state, to, this.ports.now());
    const id = commandId(idempotencyKey, randomUUID());
    const [outcome] = await this.ports.writer.append(state.key, [
      commandEntry(id, { type: 'clock', ...goal }),
    ]);
    if (!outcome || outcome.status === 'fenced') throw unavailable('The move was not taken.');
    await this.ports.tellNow(state.key, outcome.number);
    return this.reached(state.key, outcome.number, gone);
  }

  private async reached(
    key: CustomerKey,
    number: number,
    gone: AbortSignal,
  ): Promise<CustomerState> {
    const state = await until(
      async () => {
        const seen = await this.ports.standings.ofWorkflow(key);
        if (seen?.halted) throw new Problem('internal_error', `${key.customer}: ${seen.halted}`);
        return seen && isClockReached(seen, number) ? seen : null;
      },
      { limitMs: CLOCK_LIMIT_MS, gone },
    );
    if (state) return state;
    throw unavailable(`The clock of ${key.customer} is still on its way.`, undefined, 5);
  }
}
