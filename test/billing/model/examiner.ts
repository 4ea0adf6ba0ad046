import type { Change, Effect } from '../../../billing/customer/change.js';
import type { CustomerState } from '../../../billing/state.js';
import { Answers } from './answers.js';
import { must } from './broken.js';
import { checkCounters } from './counterChecks.js';
import { checkCredits } from './creditChecks.js';
import { checkHolds } from './holdChecks.js';
import { checkInvoice } from './invoiceChecks.js';
import { Model } from './model.js';
import { difference, equal, Plainness } from './plainness.js';
import { checkReporting } from './reportingChecks.js';
import { checkSegments } from './segmentChecks.js';
import { checkRebuilt } from './rebuilt.js';
import type { Watch } from './watch.js';
import type { World } from './world.js';

/** Longest life of a lease: handed out for 10 s, over 60 s later (DESIGN §4). */
const LONGEST_LEASE_MS = 70_000;

/**
 * After every change: the state against the reference model, and every invariant that can be
 * told from both. Only what has changed since the last look is looked at again.
 */
export class Examiner implements Watch {
  model = new Model();
  private readonly plainness = new Plainness();
  /** The latest time that the state has seen. */
  private latestMs = 0;
  private readonly answers = new Answers();
  /** What goes on beside a copy that was carried over to a new run. */
  private twin: CustomerState | null = null;

  before(): void {
    // The reference model follows what has been folded; nothing is to be known ahead.
  }

  after(world: World, change: Change, before: CustomerState, effects: readonly Effect[]): void {
    const { state } = world;
    this.plainness.check(state);
    must(state.halted === null, 'I1', () => `halted: ${state.halted}`);
    this.follow(world, state);
    if (change.type === 'decide') this.answers.check(world, this.model, change, before, effects);
    if (change.type === 'compared') checkInvoice(before, change.segment, this.model);
    this.compareTwin(world, change);
    this.latestMs = Math.max(this.latestMs, world.nowMs);
    this.compare(state, before);
  }

  private follow({ ledger }: World, state: CustomerState): void {
    must(state.mark >= this.model.mark, 'I1', () => `the mark fell to ${state.mark}`);
    must(state.mark <= ledger.head, 'I1', () => `mark ${state.mark} beyond ${ledger.head}`);
    this.model.follow(ledger.groups, state.mark, state.ahead);
  }

  private compare(state: CustomerState, before: CustomerState): void {
    const { model } = this;
    if (state.segments !== before.segments) {
      checkSegments(state, before, model);
      checkReporting(state, before, model);
    }
    if (state.holds !== before.holds || state.mark !== before.mark) checkHolds(state, model);
    if (state.counters !== before.counters) checkCounters(state, model, this.latestMs);
    if (state.credits !== before.credits) checkCredits(state, model, this.latestMs);
  }

  /** A state that was never written down and read again goes on in the same way (I9). */
  private compareTwin(world: World, change: Change): void {
    if (!this.twin) return;
    const { state } = world.parts.reduce(this.twin, change);
    this.twin = null;
    must(equal(state, world.state), 'I9', () => difference(state, world.state, 'went on'));
  }

  restored({ ledger, nowMs }: World): void {
    this.twin = null;
    if (ledger.epoch > 0) this.answers.quietUntilMs = nowMs + LONGEST_LEASE_MS;
    this.model = new Model(this.model.holds);
  }

  carried(world: World, copy: CustomerState): void {
    const { state } = world;
    must(equal(state, copy), 'I9', () => difference(state, copy, 'carried'));
    this.twin = state;
  }

  /** At the end of a run: everything folded, and once more from nothing. */
  end(world: World): void {
    world.flying = [];
    world.realMs += Math.max(0, this.latestMs - world.nowMs);
    world.stripe.mood = 'well';
    world.sweep();
    world.settleDown(40, 40);
    checkRebuilt(world);
  }
}
