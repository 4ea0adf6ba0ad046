import { initialState } from '../../../billing/customer/initial.js';
import type { CustomerState } from '../../../billing/state.js';
import { must, same } from './broken.js';
import { billableOf } from './facts.js';
import { KEY } from './ledger.js';
import { Model } from './model.js';
import { ModelHolds } from './modelHolds.js';
import { difference, equal } from './plainness.js';
import type { World } from './world.js';

/** What a fold of the whole log from nothing must find again. */
function foldedOnly({ segments, credits, controls, plan, zone, pending, mark }: CustomerState) {
  return {
    mark,
    plan,
    zone,
    controls,
    pending,
    credits: { lots: credits.lots, totals: credits.totals, uncovered: credits.uncovered },
    segments: segments.map(({ index, startMs, endMs, totals, late, stripe }) => {
      // Without Stripe a period ends by time and not by a fence: both parts are one there.
      const parts = stripe ? { totals, late } : {};
      return { index, startMs, endMs, ...parts };
    }),
  };
}

/** The state = the fold of the log from nothing, group by group (I1). */
export function checkRebuilt(world: World): void {
  const { ledger, state } = world;
  same(state.mark, ledger.head, 'I1', () => 'at rest the mark');
  let anew = initialState(KEY);
  for (const stretch of ledger.stretches(1, null, 0)) {
    anew = world.parts.reduce(anew, { type: 'stretch', stretch }).state;
  }
  anew = world.parts.reduce(anew, { type: 'head', head: ledger.head, missing: null }).state;
  const change = { type: 'time', realNowMs: world.realMs, random: 'anew' } as const;
  anew = world.parts.reduce(anew, change).state;
  const kept = new Set(state.segments.map(({ index }) => index));
  // What a period that is gone left uncovered is forgotten with it, sooner or later.
  const uncovered = Object.fromEntries(
    Object.entries(anew.credits.uncovered).filter(([index]) => kept.has(Number(index))),
  );
  const found = foldedOnly({
    ...anew,
    credits: { ...anew.credits, uncovered },
    segments: anew.segments.filter(({ index }) => kept.has(index)),
  });
  const expected = foldedOnly(state);
  must(equal(found, expected), 'I1', () => difference(found, expected, 'rebuilt'));
  checkModel(world);
}

/** The reference model's running sums are what its lists add up to. */
function checkModel({ ledger }: World): void {
  const model = new Model(new ModelHolds());
  model.follow(ledger.groups, ledger.head, []);
  for (const { plan, index, facts, late, sums, lateSums } of model.periods.list) {
    for (const id of Object.keys(plan.meters)) {
      same(sums.units(id), billableOf(plan, id, facts), 'model', () => `period ${index}, ${id}`);
      same(lateSums.units(id), billableOf(plan, id, late), 'model', () => `late ${index}, ${id}`);
    }
  }
}
