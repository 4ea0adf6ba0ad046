import { foldLog } from '../../../activities/reconcile/foldLog.js';
import type { LogGroup } from '../../../billing/log.js';
import type { CustomerState } from '../../../billing/state.js';
import type { Ledger } from '../../../ledger/contract.js';
import { PRO } from '../../billing/contractCatalogue.js';
import { segmentOf } from '../../billing/reconcile/ground.js';
import { event, MemoryLog, START_MS } from '../../billing/reconcile/memoryLog.js';

/** A log is folded from its first group, in pages, as far as it goes without a gap. */

/** Groups 1 and 2 subscribe the customer, 3 to 122 are one token each. */
const log = MemoryLog.of(PRO);
for (let place = 0; place < 120; place += 1) {
  log.add([event(`e-${place}`, START_MS + place * 60_000, { input_tokens: 1 })]);
}

/** A ledger of these groups, and how many were asked for at a time. */
function ledgerOf(groups: readonly LogGroup[]) {
  const asked: (readonly [from: number, limit: number])[] = [];
  const page = (_key: unknown, from: number, limit: number) => {
    asked.push([from, limit]);
    const inPage = ({ number }: LogGroup) => number >= from && number < from + limit;
    return Promise.resolve(groups.filter(inPage));
  };
  const newest = () => Promise.resolve(log.published);
  const ledger = { log: { groups: page }, catalogues: { newest } } as unknown as Ledger;
  return { ledger, asked };
}

const tokens = (state: CustomerState) => segmentOf(state).totals['tokens']?.quantity;

test('pages of a bounded size, up to the mark and not beyond', async () => {
  const { ledger, asked } = ledgerOf(log.groups);
  const { state, missing } = await foldLog(ledger, log.key, { mark: 110 });
  expect([tokens(state), state.mark, missing]).toEqual([108, 110, null]);
  expect(asked).toEqual([[1, 50], [51, 50], [101, 10]]);
});

test('a number that is missing is told, and nothing after it is folded', async () => {
  const { ledger } = ledgerOf(log.groups.filter(({ number }) => number !== 60));
  const { state, missing } = await foldLog(ledger, log.key, { mark: 122 });
  expect([tokens(state), state.mark, missing]).toEqual([57, 59, 60]);
});

test('ranges ahead of a gap count as they did in the workflow', async () => {
  const { ledger } = ledgerOf(log.groups);
  const upTo = { mark: 10, ahead: [[21, 30], [41, 42]] } as const;
  const { state, missing } = await foldLog(ledger, log.key, upTo);
  expect([tokens(state), state.mark, missing]).toEqual([20, 10, null]);
  expect(state.ahead).toEqual([[21, 30], [41, 42]]);
});

test('every group and every state after it are shown to who visits, in order', async () => {
  const { ledger } = ledgerOf(log.groups);
  const seen: number[] = [];
  const visitor = {
    group: (before: CustomerState, { number }: LogGroup) => seen.push(before.mark, number),
    folded: ({ mark }: CustomerState) => seen.push(mark),
  };
  await foldLog(ledger, log.key, { mark: 3 }, visitor);
  expect(seen).toEqual([0, 1, 1, 1, 2, 2, 2, 3, 3]);
});
