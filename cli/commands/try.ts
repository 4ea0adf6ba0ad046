import { randomBytes } from 'node:crypto';
import type { Command } from 'commander';
import { CommandFailed } from '../commandFailed.js';
import { runningStack, type RunningStack } from '../runningStack.js';
import { readSettings } from '../settings.js';

/**
 * `durabill try`: customer, reservation, commit, event, clock, invoice, each as the curl to copy
 * and its answer.
 */

/** One request and what came back. */
interface Step {
  readonly title: string;
  readonly curl: string;
  readonly status: number;
  readonly body: unknown;
}

/** Moving a clock bills a whole period: the slowest step. */
const ANSWER_MS_MAX = 300_000;

/** Enough that any plan's invoice shows it. */
const QUANTITY = 1_500_000;

/** What one request may use, and what it did use: the rest goes back. */
const RESERVED = 1_000;
const USED = 640;

function curlOf(stack: RunningStack, method: string, path: string, body: unknown): string {
  const key = `-H 'Authorization: Bearer ${stack.key}'`;
  const lines = [`curl -X ${method} '${stack.api}${path}'`, key];
  if (body !== undefined) {
    const text = JSON.stringify(body).replaceAll("'", "'\\''");
    lines.push("-H 'Content-Type: application/json'", `-d '${text}'`);
  }
  return lines.join(' \\\n  ');
}

async function ask(
  stack: RunningStack,
  title: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Step> {
  const answer = await fetch(`${stack.api}${path}`, {
    method,
    headers: { Authorization: `Bearer ${stack.key}`, 'Content-Type': 'application/json' },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(ANSWER_MS_MAX),
  });
  const curl = curlOf(stack, method, path, body);
  return { title, curl, status: answer.status, body: await answer.json() };
}

interface PlanBody {
  readonly id: string;
  readonly baseAmountMinor?: number;
  readonly prices?: Readonly<Record<string, unknown>>;
}

/** The first public plan that costs something, else the first one. */
async function planOf(stack: RunningStack): Promise<string> {
  const { body } = await ask(stack, '', 'GET', '/v1/plans');
  const { data } = body as { readonly data: readonly PlanBody[] };
  const priced = data.find(({ baseAmountMinor = 0, prices }) => baseAmountMinor > 0 || prices);
  const plan = priced ?? data[0];
  if (!plan) throw new CommandFailed('No plan is published yet.');
  return plan.id;
}

/** What a reservation of a meter that can't be reserved is answered. */
const UNFIT: ReadonlySet<string> = new Set(['unknown_meter', 'not_in_plan', 'invalid_request']);

/** Reserves. Which meters are reported is not public: one that can't be reserved is refused. */
async function reserve(stack: RunningStack, customer: string, made: Step) {
  const { usage = {} } = made.body as { readonly usage?: Readonly<Record<string, unknown>> };
  const title = 'May this request run? Hold its most before it does';
  for (const meter of Object.keys(usage)) {
    const id = `call-${randomBytes(4).toString('hex')}`;
    const body = { id, customer, user: 'user-1', quantities: { [meter]: RESERVED } };
    const step = await ask(stack, title, 'POST', '/v1/reservations', body);
    const { code = '' } = step.body as { readonly code?: string };
    if (!UNFIT.has(code)) return { id, meter, step };
  }
  throw new CommandFailed(`The plan of ${customer} has no meter to reserve.`);
}

/** Holds for one request, says what it used, and reports usage of others. */
async function* usage(stack: RunningStack, customer: string, made: Step): AsyncGenerator<Step> {
  const { id, meter, step } = await reserve(stack, customer, made);
  yield step;
  if (step.status >= 400) return;
  const commit = { customer, quantities: { [meter]: USED } };
  const path = `/v1/reservations/${id}/commit`;
  yield await ask(stack, 'It ran: count what it used, the rest goes back', 'POST', path, commit);
  const eventId = `event-${randomBytes(4).toString('hex')}`;
  const quantities = { [meter]: QUANTITY };
  const event = { id: eventId, customer, user: 'user-1', quantities };
  const title = 'Report usage: the same id again would count nothing';
  yield await ask(stack, title, 'POST', '/v1/events', event);
}

async function* steps(stack: RunningStack): AsyncGenerator<Step> {
  const customer = `try-${randomBytes(4).toString('hex')}`;
  const path = `/v1/customers/${customer}`;
  const plan = await planOf(stack);
  const made = await ask(stack, `Make a customer on "${plan}"`, 'PUT', path, { plan });
  yield made;
  if (made.status >= 400) return;
  yield* usage(stack, customer, made);
  const clock = { customer, to: 'periodEnd' };
  yield await ask(stack, 'Let the period end', 'POST', '/v1/test/clock', clock);
  yield await ask(stack, 'Read the invoices', 'GET', `${path}/invoices`);
}

function printStep(step: Step): void {
  const body = JSON.stringify(step.body, null, 2);
  process.stdout.write(`# ${step.title}\n${step.curl}\n\n${step.status}\n${body}\n\n`);
}

async function run(options: { readonly json?: boolean }): Promise<void> {
  const { dataFolder } = readSettings();
  const stack = await runningStack(dataFolder);
  if (!stack) {
    throw new CommandFailed(`No stack runs on ${dataFolder}. Start one: npx durabill start`, 2);
  }
  const done: Step[] = [];
  for await (const step of steps(stack)) {
    done.push(step);
    if (!options.json) printStep(step);
  }
  if (options.json) process.stdout.write(`${JSON.stringify(done)}\n`);
  const failed = done.find(({ status }) => status >= 400);
  if (failed) throw new CommandFailed(`${failed.title}: answered ${failed.status}.`);
}

/** Adds `try`. */
export function register(program: Command): void {
  program
    .command('try')
    .description('create, reserve, commit, let the period end, read the invoice; each as a curl')
    .option('--json', 'print requests and answers as JSON')
    .action(run);
}
