import type { StripeActivities } from '../../../activities/contract.js';
import { createStripeActivities } from '../../../activities/stripe/activities.js';
import type { ReportTotals } from '../../../billing/state.js';
import type { Ledger } from '../../../ledger/contract.js';
import type { Intent, IntentStore } from '../../../ledger/stores/contract.js';
import type { Subscriber, World } from './world.js';

/** Requests that the sandbox's faults are to hit. */
export const EVENTS = { method: 'POST', path: 'meter_events$' };

type ReportInput = Parameters<StripeActivities['reportUsage']>[0];

/** One customer whose `tokens` are reported, ten minutes into the first period. */
export class Reporting {
  constructor(
    readonly world: World,
    readonly who: Subscriber,
  ) {}

  inputOf(target: number, change: Partial<ReportInput> = {}): ReportInput {
    const { key, stripe, segment } = this.who;
    const nowMs = (segment.startSeconds + 600) * 1000;
    const newestSeconds = segment.startSeconds + 300;
    return { key, stripe, segment, nowMs, meter: 'tokens', target, newestSeconds, ...change };
  }

  /** As the workflow does: repeated while it throws or is in doubt. */
  async report(target: number, acts: StripeActivities = this.world.acts): Promise<ReportTotals> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const totals = await acts.reportUsage(this.inputOf(target));
        if (totals.inDoubt === 0 || attempt === 6) return totals;
      } catch (error) {
        if (attempt === 6) throw error;
      }
    }
  }

  /** What Stripe has of the customer's tokens. */
  atStripe(): { readonly total: string; readonly events: number } {
    const own = this.world.sandbox.controls
      .meterTotals()
      .filter(({ customer }) => customer === this.who.stripe.customer)
      .find(({ eventName }) => eventName === 'durabill_tokens');
    return own ?? { total: '0', events: 0 };
  }

  intents(): Promise<readonly Intent[]> {
    return this.world.ledger.intents.ofSegment(this.who.key, 0, 'tokens');
  }

  /** Moves the customer's test clock; answers its time, ms. */
  async passHours(hours: number): Promise<number> {
    const { segment, stripe } = this.who;
    const toSeconds = segment.startSeconds + hours * 3600;
    const testClock = stripe.testClock ?? '';
    await this.world.acts.advanceTestClock({ mode: 'test', testClock, toSeconds });
    return toSeconds * 1000;
  }

  /** Activities over a store that differs in some functions. */
  actsWith(change: Partial<IntentStore>): StripeActivities {
    const { intents: real } = this.world.ledger;
    const intents: IntentStore = {
      ofSegment: (...input) => real.ofSegment(...input),
      stamps: (...input) => real.stamps(...input),
      insert: (intent) => real.insert(intent),
      update: (...input) => real.update(...input),
      totals: (...input) => real.totals(...input),
      reopen: (...input) => real.reopen(...input),
      named: (...input) => real.named(...input),
      sentWithin: (...input) => real.sentWithin(...input),
      ...change,
    };
    const ledger: Ledger = { ...this.world.ledger, intents };
    const { stripe, now } = this.world;
    return createStripeActivities({ ledger, stripe: { test: stripe, live: null }, now });
  }

  /** A worker killed when it is about to note `state`. */
  killedBefore(state: Intent['state']): StripeActivities {
    const { intents: real } = this.world.ledger;
    let killed = false;
    return this.actsWith({
      update: (id, change) => {
        if (killed || change.state !== state) return real.update(id, change);
        killed = true;
        return Promise.reject(new Error('killed'));
      },
    });
  }
}
