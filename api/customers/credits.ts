import { z } from 'zod';
import type { Command } from '../../billing/command.js';
import type { CreditEntry } from '../../billing/credits/account.js';
import { creditEntryBody } from '../../billing/credits/body.js';
import { customerNow } from '../../billing/customer/clock.js';
import { instantText } from '../../billing/customer/invoice/invoicing.js';
import { microCreditsOf } from '../../billing/quantity.js';
import type { CustomerState } from '../../billing/state.js';
import { invalidRequest, Problem } from '../errors/problem.js';
import { shown } from '../http/inspect.js';
import { callerOf, operation, type Operation } from '../http/operation.js';
import { creditEntrySchema, creditRequestSchema, type CreditRequest } from '../schemas/credits.js';
import { customerPathSchema } from '../schemas/customer.js';
import { parseInstant } from '../schemas/instant.js';
import {
  cursorSchema,
  limitOf,
  limitSchema,
  openCursor,
  pageSchema,
  sealCursor,
} from '../schemas/list.js';
import type { ChangePorts } from './asking.js';
import { commandEntry } from './command.js';
import { requireCustomer } from './read.js';
import type { Statements } from './statements.js';

/** POST and GET of a customer's credits. */

/** What credits stand on. */
export interface CreditPorts extends ChangePorts {
  readonly statements: Statements;
}

/** Equal amounts and times are the same ask, however they are written. */
function askedOf({ id, amount, kind, expiresAt }: CreditRequest) {
  const expiresAtMs = typeof expiresAt === 'string' ? parseInstant(expiresAt) : null;
  return { id, microCredits: microCreditsOf(amount), kind, expiresAtMs };
}

function commandOf(request: CreditRequest, atMs: number): Extract<Command, { type: 'credits' }> {
  const { id, amount, kind } = request;
  const { expiresAtMs } = askedOf(request);
  const ends = expiresAtMs === null ? {} : { expiresAtMs };
  return { type: 'credits', id, amount, kind, ...ends, atMs };
}

/** @throws Problem for new credits that could never be used, or that no account can hold. */
function checkNew(state: CustomerState, request: CreditRequest, nowMs: number): void {
  const { microCredits, expiresAtMs } = askedOf(request);
  if (expiresAtMs !== null && expiresAtMs <= nowMs) {
    const clock = `the customer's clock shows ${instantText(nowMs)}`;
    const detail = `expiresAt must lie ahead; ${clock}, ${shown(request.expiresAt)} was given.`;
    throw invalidRequest([{ detail, pointer: '/expiresAt' }]);
  }
  if (Number.isSafeInteger(state.credits.totals.in + microCredits)) return;
  const detail = 'amount: all credits ever given to one customer stay below 9,007,199,254.';
  throw invalidRequest([{ detail, pointer: '/amount' }]);
}

/** The number at which the credits stand: now, or since their first time. */
async function given(
  ports: CreditPorts,
  state: CustomerState,
  request: CreditRequest,
): Promise<number> {
  const nowMs = customerNow(state, ports.now());
  const entry = commandEntry(
    `credit/${request.id}`,
    commandOf(request, nowMs),
    askedOf(request),
  );
  const known = await ports.log.entry(state.key, entry.id);
  if (!known) checkNew(state, request, nowMs);
  const written = known
    ? { status: known.entry.hash === entry.hash ? 'duplicate' : 'conflict', number: known.number }
    : await ports.asking.write(state.key, entry);
  if (written.status !== 'conflict') return written.number;
  const detail = `The credits ${shown(request.id)} stand with other content; the first stands.`;
  throw new Problem('conflict', detail);
}

/** The entry as it is booked. @throws Problem where the account could not hold it. */
async function bookedEntry(
  ports: CreditPorts,
  state: CustomerState,
  id: string,
): Promise<CreditEntry> {
  const recent = state.credits.entries.find((entry) => entry.id === id);
  if (recent) return recent;
  const statement = await ports.statements.read(state.key, customerNow(state, ports.now()));
  const entry = statement.find(id);
  if (entry) return entry;
  throw new Problem('conflict', `${shown(id)} would take the account beyond what it can hold.`);
}

function giveCredits(ports: CreditPorts): Operation {
  return operation({
    method: 'post',
    path: '/v1/customers/{id}/credits',
    name: 'giveCredits',
    summary: 'Give credits; they count whenever the plan pays in credits. The same id gives once',
    tag: 'Customers',
    access: 'secret',
    pathSchema: customerPathSchema,
    bodySchema: creditRequestSchema,
    answers: {
      201: { description: 'The entry; a repeat answers it too', schema: creditEntrySchema },
    },
    problems: ['invalid_request', 'not_found', 'conflict', 'unavailable'],
    async handle(call) {
      const state = await requireCustomer(ports, callerOf(call).mode, call.path.id);
      const number = await given(ports, state, call.body);
      const acted = await ports.asking.acted(state.key, number, call.gone);
      const entry = await bookedEntry(ports, acted, `credit/${call.body.id}`);
      return { status: 201, body: creditEntryBody(entry) };
    },
  });
}

/** Entries below this place of the statement are still to come. */
function placeOf(cursor: string | undefined, length: number): number {
  const text = openCursor(cursor);
  if (text === undefined) return length;
  if (/^\d{1,9}$/.test(text)) return Math.min(Number(text), length);
  const detail = 'cursor must be the nextCursor of a page.';
  throw invalidRequest([{ detail, parameter: 'cursor' }]);
}

function listCredits(ports: CreditPorts): Operation {
  return operation({
    method: 'get',
    path: '/v1/customers/{id}/credits',
    name: 'listCredits',
    summary: 'Credit entries, newest first: what came, what was used by the minute, what ended',
    tag: 'Customers',
    access: 'secret',
    pathSchema: customerPathSchema,
    querySchema: z.strictObject({ limit: limitSchema, cursor: cursorSchema }),
    answers: { 200: { description: 'A page', schema: pageSchema(creditEntrySchema) } },
    problems: ['invalid_request', 'not_found', 'unavailable'],
    async handle(call) {
      const state = await requireCustomer(ports, callerOf(call).mode, call.path.id);
      const statement = await ports.statements.read(state.key, customerNow(state, ports.now()));
      const { entries } = statement;
      const end = placeOf(call.query.cursor, entries.length);
      const start = Math.max(0, end - limitOf(call.query.limit));
      const data = entries.slice(start, end).toReversed().map(creditEntryBody);
      const nextCursor = sealCursor(start > 0 ? String(start) : null);
      return { status: 200, body: { data, nextCursor } };
    },
  });
}

/** Operations on credits. */
export function creditOperations(ports: CreditPorts): Operation[] {
  return [giveCredits(ports), listCredits(ports)];
}
