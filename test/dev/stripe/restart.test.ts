import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type Stripe from 'stripe';
import {
  START,
  advance,
  basePrice,
  customerOnClock,
  meteredPrice,
  newestInvoice,
  refusal,
  report,
  sdk,
  subscribe,
  sumMeter,
  until,
} from './world.js';

const MAIN = join(process.cwd(), 'dev/stripe/main.ts');

let directory: string;
let running: ChildProcess | null = null;
let url = '';

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sandbox-'));
});

afterEach(async () => {
  if (running) await kill('SIGKILL');
  await rm(directory, { recursive: true, force: true });
});

/** Starts the program as a process of its own and waits for the line that names its address. */
async function start(): Promise<Stripe> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN], {
    env: { PORT: '0', DURABILL_DATA: directory },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  running = child;
  url = await new Promise<string>((resolve, reject) => {
    let text = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      const match = /stripe sandbox listening on (\S+)\n/.exec(text);
      if (match?.[1]) resolve(match[1]);
    });
    child.once('exit', (code) => reject(new Error(`it ended with ${code}: ${text}`)));
  });
  return sdk(url);
}

async function setSwitches(change: object): Promise<void> {
  const params = { method: 'POST', body: JSON.stringify(change) };
  expect((await fetch(`${url}/_sandbox/switches`, params)).status).toBe(200);
}

/** Ends the process and answers its exit code. */
async function kill(signal: NodeJS.Signals): Promise<number | null> {
  const child = running;
  running = null;
  if (!child || child.exitCode !== null) return child?.exitCode ?? null;
  const ended = once(child, 'exit');
  child.kill(signal);
  const [code] = (await ended) as [number | null];
  return code;
}

async function madeState(stripe: Stripe) {
  const { clock, customer } = await customerOnClock(stripe);
  const meter = await sumMeter(stripe, 'tokens');
  const base = await basePrice(stripe, 2000);
  const usage = await meteredPrice(stripe, meter.id, { unit_amount: 1 });
  const subscription = await subscribe(stripe, customer.id, base.id, usage.id);
  const end = subscription.items.data[0]?.current_period_end ?? 0;
  return { clock, customer, meter, subscription, end };
}

describe('the sandbox', () => {
  it('has everything again after kill -9, and goes on billing', async () => {
    const first = await start();
    const { clock, customer, subscription, end } = await madeState(first);
    await report(first, 'tokens', customer.id, '345', START + 60);
    const options = { idempotencyKey: 'kept' };
    const keyed = await first.customers.create({ name: 'Ada' }, options);
    await kill('SIGKILL');
    const second = await start();
    expect(await second.subscriptions.retrieve(subscription.id)).toMatchObject({
      id: subscription.id,
      items: subscription.items,
      latest_invoice: subscription.latest_invoice,
    });
    expect((await second.customers.create({ name: 'Ada' }, options)).id).toBe(keyed.id);
    await advance(second, clock.id, end + 7200);
    expect(await newestInvoice(second, customer.id)).toMatchObject({ status: 'paid', total: 2345 });
  });

  it('loses only the line that a kill cut short', async () => {
    const first = await start();
    const { customer } = await madeState(first);
    await kill('SIGKILL');
    await appendFile(join(directory, 'stripe/journal.jsonl'), '[["customer","cus_half",{"id":');
    const second = await start();
    expect((await second.customers.retrieve(customer.id)).id).toBe(customer.id);
    const error = await refusal(Promise.resolve(second.customers.retrieve('cus_half')));
    expect(error.statusCode).toBe(404);
  });

  it('carries on with a clock that was advancing', async () => {
    const first = await start();
    const { clock, customer, end } = await madeState(first);
    await setSwitches({ advanceMs: 1000 });
    await first.testHelpers.testClocks.advance(clock.id, { frozen_time: end + 7200 });
    await kill('SIGKILL');
    const second = await start();
    await until(async () => {
      const { status, frozen_time } = await second.testHelpers.testClocks.retrieve(clock.id);
      return status === 'ready' && frozen_time === end + 7200;
    });
    expect(await newestInvoice(second, customer.id)).toMatchObject({
      billing_reason: 'subscription_cycle',
      status: 'paid',
    });
  });

  it('stops cleanly on SIGTERM and when its parent lets go of it', async () => {
    await start();
    expect(await kill('SIGTERM')).toBe(0);
    await start();
    const child = running;
    if (!child) throw new Error('it does not run');
    const ended = once(child, 'exit');
    child.disconnect();
    expect((await ended)[0]).toBe(0);
    running = null;
  });
});
