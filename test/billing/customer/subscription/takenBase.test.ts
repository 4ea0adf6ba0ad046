import type { Command } from '../../../../billing/command.js';
import type { PlanSnapshot } from '../../../../billing/catalogue.js';
import { accruedMinor } from '../../../../billing/customer/invoice/prediction.js';
import { planPreview } from '../../../../billing/customer/plans/planPreview.js';
import { chargedByOthers, extendTo } from '../../../../billing/customer/periods/segments.js';
import type { CustomerState } from '../../../../billing/state.js';
import { runLane, type Lane } from '../close/perfectStripe.js';
import { ANCHOR_SECONDS, DAY_MS, laneAt, NOW_SECONDS, TAKEN, taken } from './takenWorld.js';
import { commanded, folded, FREE, LINK, PRO, START_MS } from '../world.js';

/** Who charges the base of what was taken over: never nobody for ever, and never two. */

describe('the base', () => {
  it.each([
    ['charged', 2900],
    ['added', 0],
    ['others', 0],
  ] as const)('of the running period, %s: %d has accrued', (base, amountMinor) => {
    const state = taken({ taken: { base } });
    const [open] = state.segments;
    if (!open) throw new Error('no period');
    expect(accruedMinor(state, open)).toBe(amountMinor);
  });

  const bases = (lane: Lane) =>
    lane.invoices
      .filter(({ status }) => status === 'paid')
      .map(({ lines }) => lines.map(({ ref, amountMinor }) => `${ref} ${amountMinor}`).join());

  it('that nobody charged comes with the next period', () => {
    const lane = laneAt(taken({ taken: { base: 'added' } }), Date.UTC(2026, 4, 2));
    expect(bases(lane)).toEqual(['base 2900', 'base 2900']);
  });

  const others = {
    taken: { base: 'others' },
    link: { otherItems: ['si_x'], baseItem: null },
  } as const;

  it('that others charge is never predicted, not at the end of a trial either', () => {
    const lane = laneAt(taken(others), Date.UTC(2026, 4, 2));
    expect(bases(lane)).toEqual(['', '']);
    const trialEndSeconds = TAKEN.startSeconds + 14 * 86_400;
    const link = { ...others.link, anchorSeconds: TAKEN.startSeconds, trialEndSeconds };
    const state = taken({ taken: { ...others.taken, periods: 0 }, link });
    expect(laneAt(state, trialEndSeconds * 1000 + DAY_MS).steps).not.toContain('startInvoice');
  });

  const plus: PlanSnapshot = {
    ...PRO,
    id: 'plus',
    plan: { ...PRO.plan, name: 'Plus', baseAmountMinor: 4900 },
  };

  const changed = (state: CustomerState, atSeconds: number): CustomerState => {
    const [ask, yes] = [state.mark + 1, state.mark + 2];
    const atMs = atSeconds * 1000;
    const stripe = { ...LINK, anchorSeconds: atSeconds, baseItem: 'si_plus' };
    return folded(
      [
        commanded(ask, { type: 'customer', plan: plus, details: {}, atMs }),
        commanded(yes, { type: 'subscribed', request: ask, plan: plus, stripe }),
      ],
      state,
    );
  };

  it.each([
    // 15.5 of 31 days of what was paid at Stripe, whoever was paid.
    ['charged', ['base/unused -1450'], {}],
    ['others', [], others.link],
  ] as const)('%s: a change now gives back what was ours', (base, lines, link) => {
    const half = TAKEN.startSeconds + 15.5 * 86_400 + 30;
    const first: Command = { type: 'customer', plan: FREE, details: {}, atMs: START_MS };
    const before = folded([commanded(1, first)]);
    const state = changed(taken({ before, taken: { base }, link }), half);
    const lane = laneAt(state, half * 1000 + DAY_MS);
    const final = lane.invoices.findLast(({ reason }) => reason === 'final')?.lines ?? [];
    expect(final.map(({ ref, amountMinor }) => `${ref} ${amountMinor}`)).toEqual(lines);
  });

  it('of others goes on in the first period after a change at the end, then ours', () => {
    const state = taken(others);
    const endMs = Date.parse('2026-03-31T10:20:00Z');
    const schedule: Command = { type: 'schedule', plan: plus, atMs: NOW_SECONDS * 1000 };
    const turned: Command = { type: 'turned', request: 3, plan: plus, atMs: endMs };
    const after = folded([commanded(3, schedule), commanded(4, turned)], state);
    expect(after.segments.at(-1)).toMatchObject({ noBase: true, plan: { id: 'plus' } });
    expect(extendTo(after, endMs + 31 * DAY_MS).segments.at(-1)?.noBase).toBeUndefined();
    const lane = laneAt(after, endMs + 2 * DAY_MS);
    expect(bases(lane)).toEqual(['']);
    expect(lane.state.segments.at(-1)?.noBase).toBe(true);
    const stripe = { ...LINK, anchorSeconds: ANCHOR_SECONDS, plan: { id: 'plus', version: 1 } };
    lane.state = folded([commanded(lane.state.mark + 1, { type: 'swapped', stripe })], lane.state);
    runLane(lane, endMs + 40 * DAY_MS);
    expect(bases(lane)).toEqual(['', 'base 4900']);
  });

  it('is charged by others under the plan that was taken over alone', () => {
    const state = taken(others);
    expect([PRO, plus].map((plan) => chargedByOthers(state, plan))).toEqual([true, false]);
    const unnamed = { ...LINK, otherItems: ['si_x'] };
    expect(chargedByOthers({ ...state, stripe: unnamed }, PRO)).toBe(false);
    expect(chargedByOthers({ ...state, stripe: null }, PRO)).toBe(false);
  });

  it('of a plan to come is in its preview, whoever charges now', () => {
    const preview = planPreview(taken(others), plus, 'now', NOW_SECONDS * 1000);
    expect(preview.invoices.map(({ reason, subtotalMinor }) => [reason, subtotalMinor])).toEqual([
      ['start', 4900],
    ]);
  });
});
