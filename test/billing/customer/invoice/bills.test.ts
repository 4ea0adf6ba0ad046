import type { Bill } from '../../../../billing/bill.js';
import { changeBill } from '../../../../billing/customer/invoice/bills.js';
import { withLateBill } from '../../../../billing/customer/invoice/items.js';
import { extendTo } from '../../../../billing/customer/periods/segments.js';
import { END_MS } from '../close/operator.js';
import { subscribed } from '../world.js';

describe('a change of an invoice', () => {
  const late: Bill = { stage: 'complete', final: false, stripeInvoice: 'in_l', items: [] };
  const state = withLateBill(extendTo(subscribed(), END_MS), 1, late);

  it('of late usage is on that of the period named, beside all it had', () => {
    const [first, second] = changeBill(state, 1, true, { stage: 'billed' }).segments;
    expect([first, second?.stage]).toEqual([state.segments[0], 'open']);
    expect(second?.lateInvoice).toEqual({ ...late, stage: 'billed' });
  });

  it('that there is not changes nothing', () => {
    expect(changeBill(state, 0, true, { stage: 'billed' })).toBe(state);
    expect(changeBill(state, 7, true, { stage: 'billed' })).toBe(state);
    expect(changeBill(state, 7, false, { stage: 'billed' })).toBe(state);
  });
});
