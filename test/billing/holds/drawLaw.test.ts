import fc from 'fast-check';
import { decide } from '../../../billing/holds/decide.js';
import type { HoldAsk } from '../../../billing/holds/asks.js';
import type { CustomerState } from '../../../billing/state.js';
import { ask, customer, DAILY, heldCells, leaseAsk, NOON_MS, planWith, settled } from './world.js';

/** Leases of callers, usage that draws from them, and reservations, in any order. */

const MAX = 300;
const RATE = 12;
const PLAN = planWith([
  { ...DAILY, max: MAX },
  { ...DAILY, id: 'rate', meters: ['requests'], max: RATE },
]);

type Step =
  | { readonly type: 'lease'; readonly tokens: number; readonly requests: number }
  | { readonly type: 'draw'; readonly lease: number; readonly tokens: number }
  | { readonly type: 'reserve'; readonly tokens: number }
  | { readonly type: 'shrink'; readonly lease: number; readonly tokens: number }
  | { readonly type: 'write'; readonly at: number };

const tokens = fc.nat(120);
const lease = fc.nat(4);
const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ type: fc.constant('lease' as const), tokens, requests: fc.nat(4) }),
  fc.record({ type: fc.constant('draw' as const), lease, tokens }),
  fc.record({ type: fc.constant('draw' as const), lease, tokens }),
  fc.record({ type: fc.constant('reserve' as const), tokens }),
  fc.record({ type: fc.constant('shrink' as const), lease, tokens }),
  fc.record({ type: fc.constant('write' as const), at: fc.nat(20) }),
);

interface Open {
  readonly hold: string;
  readonly tokens: number;
  readonly counts: boolean;
}

/** What was granted to whom, counted apart from the rules. */
class Drawing {
  private state: CustomerState = customer(PLAN);
  private readonly leases: string[] = [];
  private open: Open[] = [];
  private used = 0;
  private requests = 0;
  private serial = 0;

  run(step: Step): void {
    if (step.type === 'write') this.write(step.at);
    else this.decide(this.askOf(step));
    const held = this.open.reduce((sum, one) => sum + one.tokens, 0);
    const counted = this.open.filter(({ counts }) => counts).length;
    expect(this.used + held).toBeLessThanOrEqual(MAX);
    expect(this.requests + counted).toBeLessThanOrEqual(RATE);
  }

  /** Everything ends: nothing is held, and what was used is counted. */
  finish(): void {
    while (this.open.length > 0) this.write(0);
    for (const hold of this.leases) this.decide({ type: 'shrink', hold, size: NOTHING });
    expect(heldCells(this.state)).toBe(0);
  }

  private askOf(step: Exclude<Step, { type: 'write' }>): HoldAsk {
    const id = `x${(this.serial += 1)}`;
    const of = this.leases[('lease' in step ? step.lease : 0) % Math.max(1, this.leases.length)];
    if (step.type === 'reserve') return ask(id, step.tokens);
    if (step.type === 'lease') {
      const size = { input_tokens: step.tokens, requests: step.requests };
      return leaseAsk(id, 0, 0, { holder: null, atLeast: size, upTo: size });
    }
    const name = of ?? 'none#1@5';
    if (step.type === 'shrink') {
      return { type: 'shrink', hold: name, size: { input_tokens: step.tokens } };
    }
    const quantities = { input_tokens: step.tokens };
    const common = { id, user: null, quantities, properties: {}, ttlMs: 60_000, hash: id };
    return { type: 'draw', lease: name.slice(0, name.indexOf('#')), ...common };
  }

  private decide(one: HoldAsk): void {
    const { state, answers } = decide(this.state, [one], NOON_MS);
    const [answer] = answers;
    this.state = state;
    if (answer?.type !== 'granted' || one.type === 'shrink') return;
    if (one.type === 'lease') this.leases.push(answer.hold);
    else {
      const { hold, quantities, counts = true } = answer;
      this.open.push({ hold, tokens: quantities['input_tokens'] ?? 0, counts });
    }
  }

  /** The entry of one hold is folded: all of it was used. */
  private write(at: number): void {
    const [one] = this.open.splice(at % Math.max(1, this.open.length), 1);
    if (!one) return;
    const { hold, counts } = one;
    const used = { input_tokens: one.tokens };
    this.used += one.tokens;
    this.requests += counts ? 1 : 0;
    this.state = settled(this.state, [{ hold, used, writeOff: {}, atMs: NOON_MS, counts }]);
  }
}

const NOTHING = { input_tokens: 0, requests: 0 };

it('usage that draws from leases and reservations together never pass a limit', () => {
  fc.assert(
    fc.property(fc.array(steps, { maxLength: 60 }), (run) => {
      const drawing = new Drawing();
      for (const step of run) drawing.run(step);
      drawing.finish();
    }),
    { seed: 41, numRuns: 500 },
  );
});
