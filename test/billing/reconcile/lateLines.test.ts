import fc from 'fast-check';
import type { Plan } from '../../../billing/catalogue.js';
import { itemLine } from '../../../billing/customer/invoice/items.js';
import { takeLateItems } from '../../../billing/customer/invoice/late.js';
import { changeSegment } from '../../../billing/customer/periods/segments.js';
import { turn } from '../../../billing/customer/periods/turning.js';
import type { InvoiceLine } from '../../../billing/invoice.js';
import type { LogEntry } from '../../../billing/log.js';
import { lateBefore } from '../../../billing/reconcile/billedElsewhere.js';
import { explainInvoice } from '../../../billing/reconcile/explainInvoice.js';
import type { CustomerState, Segment } from '../../../billing/state.js';
import { PREPAID, PRO } from '../contractCatalogue.js';
import { invoiceOf, PERIOD, read, segmentOf } from './ground.js';
import { event, MemoryLog, START_MS, voided } from './memoryLog.js';

/** Late usage and late voids go on the invoices to come: each comes out from the log alone. */

const DAY_MS = 86_400_000;

const usage = fc.record({
  meter: fc.constantFrom('input_tokens', 'output_tokens', 'images'),
  quantity: fc.integer({ min: 1, max: 3_000_000 }),
  taken: fc.boolean(),
});
/** What came in time, then what came late before each of the next invoices. */
const rounds = fc.array(fc.array(usage, { maxLength: 4 }), { minLength: 1, maxLength: 5 });
type Usage = typeof usage extends fc.Arbitrary<infer Value> ? Value : never;

/** Entries of a round: its usage, and voids of what was used in the round before. */
function entriesOf(round: readonly Usage[], place: number, before: readonly LogEntry[]) {
  const used = round.map(({ meter, quantity }, index) =>
    event(`e-${place}-${index}`, START_MS + index * 60_000, { [meter]: quantity }),
  );
  const taken = before.filter((entry, index) => entry.kind === 'usage' && round[index]?.taken);
  return [...used, ...taken.map(voided)];
}

/** Late lines of the next draft as the close decides them, and what it notes of them. */
function nextDraft(state: CustomerState, lateBilled: Segment['lateBilled']) {
  const closed = changeSegment(state, 0, { lateBilled, final: true, stage: 'billed' });
  const next = turn(closed, START_MS + 32 * DAY_MS);
  const taken = takeLateItems(next, 1);
  const lines = segmentOf(taken, 1).items.map((item) => itemLine(item, PERIOD));
  return { lines, lateBilled: segmentOf(taken).lateBilled };
}

function invoicesOf(log: MemoryLog, groups: readonly (readonly Usage[])[]) {
  const invoices: { readonly lines: readonly InvoiceLine[] }[] = [];
  let lateBilled: Segment['lateBilled'] = {};
  let before: readonly LogEntry[] = [];
  for (const [place, round] of groups.entries()) {
    const entries = entriesOf(round, place, before);
    if (entries.length > 0) log.add(entries);
    if (place === 0) log.close(0);
    else {
      const draft = nextDraft(read(log).state, lateBilled);
      invoices.push({ lines: draft.lines });
      ({ lateBilled } = draft);
    }
    before = entries;
  }
  return invoices;
}

test.each([['tiers and packages', PRO], ['credits', PREPAID]] as const)(
  'every late line under %s comes out, however often usage came late and was taken back',
  (_, plan: Plan) => {
    let told = 0;
    const law = fc.property(rounds, (groups) => {
      const log = MemoryLog.of(plan);
      const invoices = invoicesOf(log, groups);
      const folded = read(log);
      const ground = {
        ...folded,
        lateBefore: (line: InvoiceLine, segment: Segment) => lateBefore(invoices, line, segment),
      };
      for (const { lines } of invoices) {
        told += lines.length;
        const invoice = { ...invoiceOf(ground.state), lines };
        const { steps, equal } = explainInvoice(ground, invoice, lines);
        expect(steps.filter(({ figures }) => figures['equal'] === false)).toEqual([]);
        expect(equal).toBe(true);
      }
    });
    fc.assert(law, { numRuns: 60, seed: 12 });
    expect(told).toBeGreaterThan(60);
  },
);
