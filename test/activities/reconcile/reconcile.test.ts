import { explain } from '../../../activities/reconcile/explain.js';
import { REBUILD } from '../../../billing/reconcile/foldComparison.js';
import { sumRows } from '../../../billing/sums.js';
import {
  BILLING_TASK_QUEUE,
  RECONCILE_SCHEDULE,
  RECONCILE_WORKFLOW,
  usageRecordedSignal,
} from '../../../workflows/messages.js';
import { usage } from '../../engine.js';
import { until } from '../../until.js';
import { ANCHOR_MS, keyOf, Reconciling } from './reconciling.js';

/** One unit in ten million, planted on either side, is found, named, and mended where safe. */

jest.setTimeout(120_000);

const HOUR_MS = 3_600_000;

let world: Reconciling;

beforeAll(async () => {
  world = await Reconciling.start();
});

afterAll(() => world.stop());

test('books that agree have no difference, in an open period and after a close', async () => {
  await world.told('fair', [9_999_999, 1]);
  expect(await world.reconcile('fair')).toEqual([]);
  await world.engine.periodEnd('fair', 'end');
  expect(await world.reconcile('fair')).toEqual([]);
});

test('a unit too much at Stripe is flagged with its minute and never changed', async () => {
  const state = await world.told('more', [10_000_000]);
  await world.extraEvent(state, 1, ANCHOR_MS + HOUR_MS / 2);
  await world.counted(state, 10_000_001);
  const [found, ...others] = await world.reconcile('more');
  expect(others).toEqual([]);
  expect(found).toMatchObject({
    customer: 'more',
    where: 'stripeUsage',
    segment: 0,
    meter: 'tokens',
    expected: '0',
    found: '1',
    difference: '1',
    action: 'flagged',
  });
  expect(found?.detail).toContain('minute 2026-01-31T11:00Z');
  expect(await world.reconcile('more')).toEqual([found]);
  await world.counted(state, 10_000_001);
});

test('a unit added to a report is named with the report and the events of its minute', async () => {
  const state = await world.told('onto', [10_000_000]);
  await world.extraEvent(state, 1, ANCHOR_MS + 24 * HOUR_MS);
  await world.counted(state, 10_000_001);
  const [intent] = await world.intents('onto');
  expect(await world.reconcile('onto')).toMatchObject([
    {
      expected: '10000000',
      found: '10000001',
      intent: intent?.id,
      events: ['onto-0'],
      action: 'flagged',
    },
  ]);
});

test('a report that Stripe never got is sent again, once, and the invoice is whole', async () => {
  const state = await world.engine.create('less', 'pro@1', ANCHOR_MS);
  const planted = await world.plantIntent(state, 1);
  const atMs = ANCHOR_MS + HOUR_MS;
  await world.passTo('less', 'before', atMs + 60_000);
  await world.engine.use('less', [usage('less-0', atMs, { input_tokens: 10_000_000 })]);
  await world.passTo('less', 'clock', atMs + 24 * HOUR_MS);
  await world.counted(state, 9_999_999);
  const [found, ...others] = await world.reconcile('less');
  expect(others).toEqual([]);
  const named = { expected: '1', found: '0', intent: planted.id };
  expect(found).toMatchObject({ ...named, action: 'repaired' });
  await world.counted(state, 10_000_000);
  const isKnown = (s: typeof state) => s.segments[0]?.reports['tokens']?.accepted === 10_000_000;
  await world.engine.until('less', isKnown);
  expect(await world.reconcile('less')).toEqual([]);
  await world.engine.periodEnd('less', 'end');
  const [, cycle] = await invoicesOf('less');
  expect(cycle).toMatchObject({ status: 'paid', review: null });
});

test('a report that was cancelled at Stripe is sent again once and then flagged', async () => {
  const state = await world.told('gone', [9_999_999, 1]);
  const [, second] = await world.intents('gone');
  await world.engine.stripe.billing.meterEventAdjustments.create({
    event_name: 'durabill_tokens',
    type: 'cancel',
    cancel: { identifier: second?.id ?? '' },
  });
  await world.counted(state, 9_999_999);
  const named = { expected: '1', found: '0', difference: '-1', intent: second?.id };
  expect(await world.reconcile('gone', false)).toMatchObject([{ ...named, action: 'none' }]);
  expect(await world.reconcile('gone')).toMatchObject([
    { ...named, events: ['gone-1'], action: 'repaired' },
  ]);
  const isAnswered = async () => (await world.intents('gone'))[1]?.state === 'accepted';
  await until(isAnswered, 'answer of Stripe', 20_000);
  // Stripe remembers the identifier: it counts nothing twice, and nobody but a person can.
  expect(await world.reconcile('gone')).toMatchObject([{ ...named, action: 'flagged' }]);
});

test('a report of more than the log ever held is flagged and not sent', async () => {
  const state = await world.told('over', [10_000_000]);
  await world.plantIntent(state, 1);
  const found = await world.reconcile('over');
  expect(found.map(({ action }) => action)).not.toContain('repaired');
  expect(found).toContainEqual(
    expect.objectContaining({ where: 'intents', expected: '10000000', found: '10000001' }),
  );
  await world.counted(state, 10_000_000);
});

test('a workflow that counted another unit is flagged; rebuilt, it is right', async () => {
  const state = await world.told('fold', [9_000_000]);
  const entry = usage('fold-x', ANCHOR_MS + 2 * HOUR_MS, { input_tokens: 1_000_000 });
  await world.engine.ledger.writer.append(keyOf('fold'), [entry]);
  const head = await world.engine.ledger.log.head(keyOf('fold'));
  const told = { ...entry, quantities: { input_tokens: 1_000_001 } };
  const sums = sumRows([told], world.engine.published);
  const message = { ranges: [[head, head]] as const, sums, catalogue: 1_000, head };
  await world.engine.handle('fold').signal(usageRecordedSignal, message);
  await world.engine.until('fold', ({ mark }) => mark >= head);
  const found = await world.reconcile('fold');
  expect(found).toMatchObject([
    { where: 'ledgerWorkflow', meter: 'credits', difference: '1000', action: 'flagged' },
    { meter: 'input_tokens', expected: '10000000', found: '10000001', action: 'flagged' },
    { meter: 'tokens', expected: '10000000', found: '10000001', action: 'flagged' },
  ]);
  expect(found[0]?.detail).toContain(REBUILD);
  await world.engine.handle('fold').terminate('reconcile says so');
  await world.engine.use('fold', []);
  await world.engine.until('fold', ({ mark, segments: [segment] }) => {
    return mark >= head && segment?.reports['tokens'] !== undefined;
  });
  const after = await world.reconcile('fold');
  expect(after.filter(({ where }) => where === 'ledgerWorkflow')).toEqual([]);
  expect(state.key.customer).toBe('fold');
});

test('an invoice that Stripe finalised alone is explained, its period forgotten too', async () => {
  const state = await world.told('away', [2_000_000]);
  const { engine } = world;
  const [open] = state.segments;
  await engine.killWorker();
  const unseen = usage('unseen', (open?.endMs ?? 0) - HOUR_MS, { input_tokens: 1_234_567 });
  await engine.use('away', [unseen]);
  const frozen = Math.floor((open?.endMs ?? 0) / 1000) + 7200;
  const clock = state.stripe?.testClock ?? '';
  await engine.stripe.testHelpers.testClocks.advance(clock, { frozen_time: frozen });
  engine.startWorker();
  await engine.periodEnd('away', 'end-0');
  for (const round of [1, 2]) {
    expect(await world.reconcile('away')).toEqual([]);
    expect(await unequalChecks('away')).toEqual([]);
    await engine.periodEnd('away', `end-${round}`);
  }
  const { segments } = await engine.state('away');
  expect(segments[0]?.index).toBeGreaterThan(0);
  expect(await unequalChecks('away')).toEqual([]);
});

/** Steps of all invoices that came out otherwise. */
async function unequalChecks(customer: string) {
  const unequal: unknown[] = [];
  for (const { id: invoice } of await invoicesOf(customer)) {
    const question = { invoice, line: null, listed: 3 };
    const { steps, equal } = await explain(world.deps, keyOf(customer), question);
    const checks = steps.filter(({ figures }) => figures['equal'] === false);
    if (!equal || checks.length > 0) unequal.push([invoice, checks]);
  }
  return unequal;
}

test('once a day all customers are reconciled, and what is flagged is an alert', async () => {
  const { client, engine } = world;
  const { spec } = await client.schedule.getHandle(RECONCILE_SCHEDULE).describe();
  expect(spec.intervals?.map(({ every }) => every)).toEqual([86_400_000]);
  const workflowId = 'reconcile-now';
  const options = { workflowId, taskQueue: BILLING_TASK_QUEUE, args: [] };
  const result = await client.workflow.execute(RECONCILE_WORKFLOW, options);
  expect(result).toMatchObject({ customers: 8, failed: 0 });
  const { alerts } = await engine.ledger.alerts.list({ mode: 'test', customer: 'more', limit: 50 });
  const raised = alerts.filter(({ type }) => type === 'reconcile.difference');
  expect(raised).toMatchObject([{ details: { where: 'stripeUsage', difference: '1' } }]);
});

async function invoicesOf(customer: string) {
  const page = await world.engine.ledger.invoices.list({ mode: 'test', customer, limit: 100 });
  return [...page.invoices].reverse();
}
