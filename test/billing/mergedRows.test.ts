import type { SumRow } from '../../billing/log.js';
import { mergeRows } from '../../billing/mergedRows.js';

function row(more: Partial<SumRow>): SumRow {
  const last = { atMs: 60_000, id: 'a', quantity: 1 };
  return { bucket: 60, meter: 'images', quantity: 1, count: 1, max: 1, last, ...more };
}

describe('rows of two groups as one', () => {
  it('the order in which properties were written does not matter', () => {
    const orders = ['a b c', 'c a b', 'b c a'].map((order) => order.split(' '));
    const rows = orders.map((order) => {
      const properties = Object.fromEntries(order.map((name) => [name, `${name}1`]));
      return row({ properties });
    });
    expect(mergeRows(rows, [])).toMatchObject([{ quantity: 3, count: 3 }]);
  });

  it('what one field tells apart stays apart', () => {
    const rows = [
      row({}),
      row({ bucket: 120 }),
      row({ meter: 'tokens' }),
      row({ derived: true }),
      row({ user: 'u' }),
      row({ properties: { team: 'u' } }),
      row({ properties: { team: 'v' } }),
      row({ properties: { model: 'u' } }),
      row({ last: null, quantity: -1, count: -1, max: 0 }),
    ];
    expect(mergeRows(rows, rows).map(({ quantity }) => quantity)).toEqual([
      ...Array<number>(8).fill(2),
      -2,
    ]);
  });
});
