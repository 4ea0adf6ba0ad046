import { cellEntries } from '../../../billing/cells.js';
import type { Hold } from '../../../billing/holds/hold.js';
import type { CustomerState } from '../../../billing/state.js';
import { must, same } from './broken.js';
import type { Model } from './model.js';

/** Holds open in the state are those that were granted and that nothing has ended (I4, I5). */
export function checkHolds(state: CustomerState, model: Model): void {
  const { holds } = state;
  if (holds.epoch === null) return;
  same(holds.epoch, model.holds.epoch, 'I5', () => 'the epoch in service');
  const open = cellEntries(holds.open);
  const expected = model.holds.open();
  same(open.length, expected.length, 'I4', () => {
    const names = expected.map(({ name }) => name).join(', ');
    return `open are ${open.map(([, hold]) => nameOf(hold)).join(', ')}, not ${names}: in number`;
  });
  const pinned: Record<string, number> = {};
  for (const [id, hold] of open) {
    compare(id, hold, model);
    for (const { lot, microCredits } of hold.pins) pinned[lot] = (pinned[lot] ?? 0) + microCredits;
  }
  for (const lot of new Set([...Object.keys(pinned), ...Object.keys(holds.pinned)])) {
    same(holds.pinned[lot] ?? 0, pinned[lot] ?? 0, 'I5', () => `pinned credits of ${lot}`);
  }
}

function nameOf({ id, serial, epoch }: Hold): string {
  return `${id}#${serial}@${epoch}`;
}

function compare(id: string, hold: Hold, model: Model): void {
  const name = nameOf(hold);
  same(hold.id, id, 'I4', () => `the id of ${name}`);
  const expected = model.holds.named(name);
  must(expected?.open === true, 'I4', () => `${name} is open`);
  if (!expected) return;
  same(hold.expiresAtMs, expected.expiresAtMs, 'I4', () => `${name} ends`);
  for (const [meter, units] of Object.entries(hold.quantities)) {
    same(units, expected.quantities[meter] ?? 0, 'I5', () => `${name} holds of ${meter}`);
    const settled = expected.settled[meter] ?? 0;
    same(hold.settled[meter] ?? 0, settled, 'I5', () => `settled from ${name} of ${meter}`);
    must(settled <= units, 'I5', () => `${name}: ${settled} of ${units} ${meter} settled`);
  }
}
