import type { Invoice, InvoiceReason } from '../../../billing/invoice.js';
import type { Ledger } from '../../../ledger/contract.js';
import type { Intent } from '../../../ledger/stores/contract.js';
import { openLedger } from '../../../ledger/open.js';
import { startServers, type TestServers } from '../../stack.js';
import { keyOf, START_MS } from '../entries.js';

const KEY = keyOf('acme');
const DAY_MS = 86_400_000;

function intent(sequence: number, change: Partial<Intent> = {}): Intent {
  return {
    id: `dbl_${'a'.repeat(40)}_${sequence}`,
    ...KEY,
    stripeCustomer: 'cus_1',
    subscription: 'sub_1',
    segment: 0,
    meter: 'tokens',
    eventName: 'durabill_tokens',
    value: 10 * sequence,
    stampSeconds: START_MS / 1_000 + sequence * 60,
    state: 'stored',
    storedAtMs: START_MS,
    firstSentAtMs: null,
    replies5xx: 0,
    requestId: null,
    reason: null,
    ...change,
  };
}

function invoice(id: string, start: string, reason: InvoiceReason): Invoice {
  const amounts = { subtotalMinor: 0, adjustmentsMinor: 0, discountMinor: 0, taxMinor: 0 };
  return {
    id,
    number: null,
    mode: 'test',
    customer: 'acme',
    plan: { id: 'pro', version: 1 },
    currency: 'usd',
    reason,
    status: 'draft',
    period: { start, end: '2027-01-01T00:00:00.000Z' },
    lines: [],
    ...amounts,
    totalMinor: 0,
    amountDueMinor: 0,
    finalizedAt: null,
    paidAt: null,
    hostedUrl: null,
    stripe: null,
    review: null,
  };
}

describe('what is stored around Stripe', () => {
  let servers: TestServers;
  let ledger: Ledger;

  beforeAll(async () => {
    servers = await startServers({ temporal: false });
    ledger = await openLedger({ uri: servers.mongodbUri });
  }, 60_000);
  afterAll(async () => {
    await ledger?.close();
    await servers?.stop();
  }, 30_000);

  it('stores an intent once, in order, and a minute for one intent of a meter only', async () => {
    const { intents } = ledger;
    for (const sequence of [2, 10, 1]) expect(await intents.insert(intent(sequence))).toBe(true);
    expect(await intents.insert(intent(2, { value: 99 }))).toBe(false);
    await expect(intents.insert(intent(3, { stampSeconds: intent(2).stampSeconds })))
      .rejects.toMatchObject({ code: 'conflict' });
    const stored = await intents.ofSegment(KEY, 0, 'tokens');
    expect(stored).toEqual([intent(1), intent(2), intent(10)]);
    expect(await intents.ofSegment(KEY, 1, 'tokens')).toEqual([]);
    const { stampSeconds } = intent(2);
    expect(await intents.stamps(KEY, 'tokens', stampSeconds, stampSeconds + 480)).toEqual([
      stampSeconds,
    ]);
  });

  it('moves an intent forward only, and adds up what became of them', async () => {
    const { intents } = ledger;
    const key = keyOf('totals');
    const make = (sequence: number, state: Intent['state']) =>
      intents.insert(intent(sequence, { ...key, id: `dbl_t_${sequence}`, state }));
    await make(1, 'accepted');
    await make(2, 'sent');
    await make(3, 'deadLetter');
    await make(4, 'stored');
    await intents.update('dbl_t_1', { state: 'sent' });
    await intents.update('dbl_t_3', { state: 'accepted' });
    await intents.update('dbl_t_4', { replies5xx: 2, requestId: 'req_1' });
    expect(await intents.totals(key, 0, 'tokens')).toEqual({
      intended: 100,
      accepted: 10,
      inDoubt: 20,
      deadLetter: 30,
      lastAtMs: START_MS,
    });
    await intents.update('dbl_t_2', { state: 'accepted' });
    expect((await intents.totals(key, 0, 'tokens')).accepted).toBe(30);
    const [, , , fourth] = await intents.ofSegment(key, 0, 'tokens');
    expect(fourth).toMatchObject({ state: 'stored', replies5xx: 2, requestId: 'req_1' });
    expect(await intents.totals(key, 7, 'tokens')).toMatchObject({ intended: 0, lastAtMs: 0 });
  });

  it('sets an accepted intent to be sent again once, under a new HTTP key', async () => {
    const { intents } = ledger;
    const key = keyOf('reopened');
    const make = (sequence: number, state: Intent['state']) =>
      intents.insert(intent(sequence, { ...key, id: `dbl_r_${sequence}`, state }));
    await make(1, 'accepted');
    await make(2, 'deadLetter');
    await make(3, 'sent');
    const tries = await Promise.all([1, 1, 2, 3].map((n) => intents.reopen(`dbl_r_${n}`, 77)));
    expect(tries.filter(Boolean)).toHaveLength(1);
    const [first, second, third] = await intents.ofSegment(key, 0, 'tokens');
    expect(first).toMatchObject({ state: 'sent', reopenedAtMs: 77, replies5xx: 1 });
    expect([second?.state, third?.replies5xx]).toEqual(['deadLetter', 0]);
    await intents.update('dbl_r_1', { state: 'accepted' });
    expect(await intents.reopen('dbl_r_1', 99)).toBe(false);
  });

  it('begins a named write once, and keeps what it made', async () => {
    const { ensures } = ledger;
    const name = 'item/inv_1/late/tokens/0';
    expect(await ensures.find(name)).toBeNull();
    const begun = await Promise.all([1, 2, 3].map((at) => ensures.begin(name, at)));
    expect(new Set(begun.map(({ firstSentAtMs }) => firstSentAtMs)).size).toBe(1);
    expect((await ensures.reply5xx(name)).replies5xx).toBe(1);
    await ensures.done(name, 'ii_1');
    expect(await ensures.begin(name, 9)).toMatchObject({ state: 'done', object: 'ii_1' });
    await expect(ensures.done('nothing', 'x')).rejects.toMatchObject({ code: 'conflict' });
    await expect(ensures.reply5xx('nothing')).rejects.toMatchObject({ code: 'conflict' });
  });

  it('lists invoices newest period first, each once, replaced when saved anew', async () => {
    const { invoices } = ledger;
    const months = ['01', '02', '03'].map((month) => `2026-${month}-01T00:00:00.000Z`);
    await invoices.save(KEY, invoice('inv_start', months[0] as string, 'start'));
    for (const month of months) await invoices.save(KEY, invoice(`inv_${month}`, month, 'cycle'));
    const foreign = { ...invoice('inv_x', months[0] as string, 'start'), customer: 'acme#1' };
    await invoices.save(keyOf('acme#1'), foreign);
    const paid = { ...invoice('inv_start', months[0] as string, 'start'), status: 'paid' as const };
    await invoices.save(KEY, paid);
    expect(await invoices.find('test', 'inv_start')).toEqual(paid);
    expect(await invoices.find('live', 'inv_start')).toBeNull();
    const ids: string[] = [];
    let after: string | undefined;
    do {
      const page = await invoices.list({ mode: 'test', customer: 'acme', after, limit: 2 });
      ids.push(...page.invoices.map(({ id }) => id));
      after = page.nextCursor ?? undefined;
    } while (after !== undefined);
    expect(ids).toEqual([...months.map((month) => `inv_${month}`).reverse(), 'inv_start']);
    await expect(invoices.list({ mode: 'test', customer: 'acme', after: 'x', limit: 2 }))
      .rejects.toMatchObject({ code: 'invalid' });
  });

  it('finds intents by name, and by when they were sent to a meter, the newest first', async () => {
    const { intents } = ledger;
    const key = keyOf('sent');
    const make = (at: number, firstSentAtMs: number | null, eventName = 'sent_tokens') =>
      intents.insert(intent(at, { ...key, id: `dbl_s_${at}`, eventName, firstSentAtMs }));
    await make(1, 100);
    await make(2, 200);
    await make(3, 300);
    await make(4, null);
    await make(5, 200, 'sent_images');
    const sent = async (mode: 'test' | 'live', from: number, to: number, limit = 9) =>
      (await intents.sentWithin(mode, 'sent_tokens', from, to, limit)).map(({ id }) => id);
    expect(await sent('test', 0, 300)).toEqual(['dbl_s_2', 'dbl_s_1']);
    expect(await sent('test', 200, 301, 1)).toEqual(['dbl_s_3']);
    expect(await sent('live', 0, 300)).toEqual([]);
    const named = await intents.named('test', ['dbl_s_4', 'dbl_s_9', 'dbl_s_5']);
    expect(named.map(({ id }) => id).sort()).toEqual(['dbl_s_4', 'dbl_s_5']);
    expect(await intents.named('live', ['dbl_s_4'])).toEqual([]);
  });

  it('runs a request of one idempotency key once, and replays its answer for a day', async () => {
    const { idempotency } = ledger;
    const begin = (nowMs: number, hash = 'h1') => idempotency.begin('test', 'k/1', hash, nowMs);
    const raced = await Promise.all([begin(0), begin(0), begin(0)]);
    expect(raced.map(({ state }) => state).sort()).toEqual(['claimed', 'running', 'running']);
    expect(await begin(0, 'h2')).toEqual({ state: 'reused' });
    await idempotency.abandon('test', 'k/1');
    expect(await begin(0)).toEqual({ state: 'claimed' });
    expect(await begin(59_000)).toEqual({ state: 'running' });
    const heirs = await Promise.all([begin(61_000), begin(61_000)]);
    expect(heirs.map(({ state }) => state).sort()).toEqual(['claimed', 'running']);
    await idempotency.finish('test', 'k/1', 201, '{"a":1}');
    await idempotency.abandon('test', 'k/1');
    const done = { state: 'done', status: 201, body: '{"a":1}' };
    expect(await begin(DAY_MS)).toEqual(done);
    expect(await begin(DAY_MS, 'h2')).toEqual({ state: 'reused' });
    expect((await idempotency.begin('live', 'k/1', 'h1', 0)).state).toBe('claimed');
    expect(await begin(DAY_MS + 62_000, 'h2')).toEqual({ state: 'claimed' });
  });
});
