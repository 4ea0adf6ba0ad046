import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../../cli/tsxProgram.js';
import { startEngine, usage, type TestEngine } from '../../engine.js';

/** `durabill explain` and `durabill reconcile` on real servers, as an operator runs them. */

jest.setTimeout(180_000);

const ANCHOR_MS = Date.UTC(2026, 0, 31, 10, 30);
const HOUR_MS = 3_600_000;

let engine: TestEngine;

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

/** One step of `explain --json`. */
interface Row {
  readonly invoice: string | null;
  readonly line: string;
  readonly step: string;
  readonly text: string;
  readonly [figure: string]: string | number | boolean | null;
}

function durabill(...args: readonly string[]): Promise<Ended> {
  const program = join(PACKAGE_FOLDER, 'cli/durabill.mjs');
  const env = {
    MONGODB_URI: engine.mongodbUri,
    TEMPORAL_ADDRESS: engine.temporalAddress,
    STRIPE_SECRET_KEY: 'sk_test_engine',
    STRIPE_API_BASE: engine.stripeAddress,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env }, (error, out, errors) => {
      resolve({ code: error === null ? 0 : Number(error.code), out, errors });
    });
  });
}

async function explained(...args: readonly string[]): Promise<readonly Row[]> {
  const { code, out, errors } = await durabill('explain', ...args, '--json');
  expect([code, errors]).toEqual([0, '']);
  return JSON.parse(out) as readonly Row[];
}

async function invoicesOf(customer: string) {
  const page = await engine.ledger.invoices.list({ mode: 'test', customer, limit: 100 });
  return [...page.invoices].reverse();
}

/** Two events in time, one late, one in the open period. */
async function usedOver(customer: string): Promise<void> {
  await engine.create(customer, 'pro@1', ANCHOR_MS);
  const atMs = ANCHOR_MS + HOUR_MS;
  await engine.use(customer, [
    usage('a', atMs, { input_tokens: 2_000_000 }),
    usage('b', atMs + HOUR_MS, { output_tokens: 345_678, images: 11 }),
  ]);
  await engine.periodEnd(customer, 'end-0');
  await engine.use(customer, [usage('c', atMs, { input_tokens: 500_001 })]);
  await engine.periodEnd(customer, 'end-1');
  const openMs = (await engine.state(customer)).segments.at(-1)?.startMs ?? 0;
  await engine.use(customer, [usage('d', openMs + 60_000, { images: 3 })]);
}

beforeAll(async () => {
  engine = await startEngine();
  await usedOver('acme');
});

afterAll(() => engine.stop());

test('every line of every invoice leads to its events, and comes out the same', async () => {
  const invoices = await invoicesOf('acme');
  expect(invoices.map(({ reason }) => reason)).toEqual(['start', 'cycle', 'cycle']);
  const events: (readonly unknown[])[] = [];
  for (const invoice of invoices) {
    const rows = await explained('acme', invoice.stripe?.invoice ?? '');
    const checks = rows.filter(({ step }) => step === 'check');
    const computed = checks.filter(({ recomputedMinor }) => recomputedMinor !== undefined);
    expect(computed.map(({ line, recomputedMinor }) => [line, recomputedMinor])).toEqual(
      invoice.lines.map(({ ref, amountMinor }) => [ref, amountMinor]),
    );
    expect(checks.filter(({ equal }) => !equal)).toEqual([]);
    expect(rows.every(({ invoice: id }) => id === invoice.id)).toBe(true);
    const listed = rows.filter(({ step }) => step === 'event');
    events.push(listed.map(({ line, event }) => `${line} ${event}`));
  }
  expect(events).toEqual([
    [],
    ['usage of tokens a', 'usage of tokens b', 'usage of images b'],
    ['late usage of tokens c'],
  ]);
});

test('a line shows its price version, arithmetic, reports with receipts, and days', async () => {
  const [, first] = await invoicesOf('acme');
  const rows = await explained('acme', first?.id ?? '', 'tokens/tier-2');
  const rowOf = (kind: string) => rows.find(({ step }) => step === kind);
  expect(rowOf('price')).toMatchObject({ plan: 'pro', version: 1, unitAmountMinor: '0.0005' });
  expect(rowOf('quantity')).toMatchObject({ used: '2345678', quantity: '1345678', entries: 2 });
  expect(rowOf('arithmetic')).toMatchObject({ exactMinor: '672.839' });
  expect(rowOf('rounding')).toMatchObject({ exactMinor: '672.839', amountMinor: 673 });
  expect(rowOf('reports')).toMatchObject({ acceptedUnits: 2_345_678, otherUnits: 0 });
  const reports = rows.filter(({ step }) => step === 'report');
  expect(reports.length).toBeGreaterThan(0);
  expect(reports.every(({ receipt, value }) => receipt === value)).toBe(true);
  expect(rowOf('day')).toMatchObject({ day: '2026-01-31', entries: 2, quantity: 2_345_678 });
});

test('without an invoice the one to come is explained; in words, too', async () => {
  const rows = await explained('acme');
  expect(rows.filter(({ step }) => step === 'event').map(({ event }) => event)).toEqual(['d']);
  const { code, out } = await durabill('explain', 'acme');
  expect(code).toBe(0);
  expect(out).toContain('Invoice to come: acme');
  expect(out).toContain('3 in 1 package: 1 x 100 = 100');
});

test('an invoice that says something else is exit code 1; what is not there is 2', async () => {
  const [, first] = await invoicesOf('acme');
  if (!first) throw new Error('no invoice');
  const lines = first.lines.map((line) =>
    line.ref === 'base' ? { ...line, amountMinor: line.amountMinor + 1 } : line,
  );
  const key = { mode: 'test', customer: 'acme', life: 1 } as const;
  await engine.ledger.invoices.save(key, { ...first, lines });
  const { code, out, errors } = await durabill('explain', 'acme', first.id);
  const booked = await durabill('reconcile', 'acme', '--json');
  await engine.ledger.invoices.save(key, first);
  expect([code, errors]).toEqual([1, 'Computed anew it comes out otherwise.\n']);
  expect(out).toContain('computed anew 2900, the line says 2901: NOT EQUAL');
  expect(booked.code).toBe(1);
  expect(JSON.parse(booked.out)).toContainEqual(
    expect.objectContaining({ where: 'invoice', difference: '-1', action: 'flagged' }),
  );
  const wrong = [['acme', first.id, 'no/such'], ['acme', 'inv_none'], ['nobody']];
  const endings = await Promise.all(wrong.map((names) => durabill('explain', ...names)));
  expect(endings.map(({ code: ended }) => ended)).toEqual([2, 2, 2]);
});

test('reconcile ends with 0 without a difference, with 1 and a table for any', async () => {
  expect(await durabill('reconcile', 'acme')).toEqual({
    code: 0,
    out: '1 customer: no difference.\n',
    errors: '',
  });
  const { stripe } = await engine.state('acme');
  const openMs = (await engine.state('acme')).segments.at(-1)?.startMs ?? 0;
  await engine.stripe.billing.meterEvents.create({
    event_name: 'durabill_tokens',
    timestamp: openMs / 1000 + 60,
    payload: { stripe_customer_id: stripe?.customer ?? '', value: '1' },
  });
  const shown = await durabill('reconcile', '--mode', 'test', '--settled', '0');
  expect([shown.code, shown.errors]).toEqual([1, '1 customer: 1 difference.\n']);
  const row = shown.out.split('\n').find((line) => line.includes('stripeUsage')) ?? '';
  const cells = row.split('│').map((cell) => cell.trim());
  const about = ['1', 'acme', 'stripeUsage', '2', 'tokens', 'flagged'];
  expect(cells.slice(1, -1)).toEqual([...about, '0', '1', '1']);
  const wrong = [['nobody'], ['--settled', 'soon']];
  const endings = await Promise.all(wrong.map((use) => durabill('reconcile', ...use)));
  expect(endings.map(({ code }) => code)).toEqual([2, 2]);
});
