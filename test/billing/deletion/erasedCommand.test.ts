import type { PageAsk } from '../../../billing/arrangement.js';
import type { Command } from '../../../billing/command.js';
import { erasedCommand } from '../../../billing/deletion/erasedCommand.js';
import { free } from '../customer/world.js';

const AT = { atMs: 1_760_000_000_000 };
const TYPED = { reason: 'typed by hand' };
const ZONE = { offsets: [] } as never;

const portal: PageAsk = { kind: 'portal', returnUrl: 'https://ada.io' };
const opened = { stripeCustomer: 'cus_1', expiresAtMs: 5, checkout: null, request: 1 } as const;

/** Each command that can hold words of a person, and what stays of it. */
const ERASED: readonly (readonly [Command, Command])[] = [
  [
    { type: 'customer', details: { name: 'Ada', email: 'a@x.io', metadata: { a: 'b' } }, ...AT },
    { type: 'customer', details: {}, ...AT },
  ],
  [
    { type: 'customer', details: { name: 'Ada', timezone: 'Europe/Rome', zone: ZONE }, ...AT },
    { type: 'customer', details: { timezone: 'Europe/Rome', zone: ZONE }, ...AT },
  ],
  [
    { type: 'customer', details: { timezone: null }, ...AT },
    { type: 'customer', details: { timezone: null }, ...AT },
  ],
  [
    { type: 'controls', change: { frozen: true, overage: 'block', ...TYPED }, ...AT },
    { type: 'controls', change: { frozen: true, overage: 'block' }, ...AT },
  ],
  [
    { type: 'ceiling', limit: 'large-team', key: 'blue team', max: 5 },
    { type: 'ceiling', limit: 'large-team', key: null, max: 5 },
  ],
  [
    { type: 'invoice', action: 'credit', segment: 2, amountMinor: 7, ...TYPED, ...AT },
    { type: 'invoice', action: 'credit', segment: 2, amountMinor: 7, reason: '', ...AT },
  ],
  [
    { type: 'creditNote', stripeInvoice: 'in_1', amountMinor: 5, ...TYPED, ...AT },
    { type: 'creditNote', stripeInvoice: 'in_1', amountMinor: 5, reason: '', ...AT },
  ],
  [
    { type: 'freeze', ...TYPED, ...AT },
    { type: 'freeze', reason: '', ...AT },
  ],
  [
    { type: 'page', ask: portal, ...AT },
    { type: 'page', ask: { kind: 'portal', returnUrl: '' }, ...AT },
  ],
  [
    { type: 'pageOpened', url: 'https://ada.io', ...opened },
    { type: 'pageOpened', url: '', ...opened },
  ],
  [
    { type: 'pageFailed', request: 1, detail: 'Ada' },
    { type: 'pageFailed', request: 1, detail: '' },
  ],
  [
    { type: 'subscribeFailed', request: 1, code: 'conflict', detail: 'Ada' },
    { type: 'subscribeFailed', request: 1, code: 'conflict', detail: '' },
  ],
];

describe('a command of who was deleted', () => {
  it.each(ERASED)('keeps figures alone: %j', (command, left) => {
    expect(erasedCommand(command)).toStrictEqual(left);
  });

  it('keeps the plan of a checkout, not where it led', () => {
    const [plan] = Object.values(free().snapshots);
    if (!plan) throw new Error('the world has no plan');
    const ask = { kind: 'checkout', plan, cancelUrl: 'https://a.io' } as const;
    const page = { type: 'page', ask: { ...ask, successUrl: 'https://ada.io' }, ...AT } as const;
    const left = { ...ask, successUrl: '', cancelUrl: '' };
    expect(erasedCommand(page)).toStrictEqual({ ...page, ask: left });
  });

  it('stays as it is where it holds no words', () => {
    const moved: Command = { type: 'clock', toMs: 7, segment: null };
    expect(erasedCommand(moved)).toBe(moved);
  });
});
