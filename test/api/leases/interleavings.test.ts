import fc from 'fast-check';
import type { GrantedReservation } from '../../../api/decisions/contract.js';
import type { HoldAnswer, HoldAsk } from '../../../billing/holds/asks.js';
import { asked, Bench, KEY, settle, type Letter } from './bench.js';

/** Any order of takes, settles, clocks, lost answers and late ones: the lease's size holds. */

const WANTED = 1_000;

/** A lease as the workflow and the log know it. */
interface Truth {
  readonly grantedAt: Instant;
  readonly expiresAtMs: number;
  size: number;
  settled: number;
}

interface Instant {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

interface Token {
  readonly granted: GrantedReservation;
  readonly tokens: number;
}

type Step =
  | { readonly type: 'take'; readonly tokens: number; readonly ttlMs: number }
  | { readonly type: 'settle'; readonly at: number; readonly part: number; readonly own: boolean }
  | { readonly type: 'pass'; readonly ms: number }
  | { readonly type: 'jump'; readonly ms: number }
  | { readonly type: 'sweep' | 'giveBack' | 'repeat' }
  | { readonly type: 'deliver'; readonly how: 'answered' | 'lost' | 'never' };

const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({
    type: fc.constant('take' as const),
    tokens: fc.integer({ min: 0, max: 300 }),
    ttlMs: fc.constantFrom(1_000, 30_000, 60_000, 69_000),
  }) },
  { weight: 4, arbitrary: fc.record({
    type: fc.constant('settle' as const),
    at: fc.nat(50),
    part: fc.nat(100),
    own: fc.boolean(),
  }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('pass' as const), ms: fc.nat(4_000) }) },
  { weight: 1, arbitrary: fc.record({
    type: fc.constant('jump' as const),
    ms: fc.integer({ min: -20_000, max: 20_000 }),
  }) },
  { weight: 4, arbitrary: fc.record({
    type: fc.constant('deliver' as const),
    how: fc.constantFrom('answered', 'answered', 'lost', 'never'),
  }) },
  { weight: 3, arbitrary: fc.record({
    type: fc.constantFrom('sweep' as const, 'giveBack' as const, 'repeat' as const),
  }) },
);

/** One process, the workflow it talks to, and everything that must hold between them. */
class Interleaving {
  readonly bench = new Bench('always');
  readonly truths = new Map<string, Truth>();
  readonly open: Token[] = [];
  readonly seen: HoldAsk[] = [];
  grants = 0;
  private customerMs = 500_000_000;
  private readonly sends = new Map<string, Instant>();

  async run(step: Step): Promise<void> {
    const { bench } = this;
    switch (step.type) {
      case 'take':
        this.take(step.tokens, step.ttlMs);
        break;
      case 'settle':
        this.settleOne(step.at, step.part, step.own);
        break;
      case 'pass':
        bench.clock.pass(step.ms);
        this.customerMs += step.ms;
        break;
      case 'jump':
        bench.clock.wallMs += step.ms;
        break;
      case 'sweep':
        bench.book.sweep();
        break;
      case 'giveBack':
        bench.book.giveBack(KEY).catch(() => undefined);
        break;
      case 'repeat': {
        const late = this.seen.find(({ type }) => type === 'shrink');
        if (late) this.apply(late);
        break;
      }
      case 'deliver':
        this.deliver(step.how);
    }
    for (const { asks } of bench.letters) this.note(asks);
    await settle();
    this.check();
  }

  private take(tokens: number, ttlMs: number): void {
    const granted = this.bench.book.take(asked(tokens, { ttlMs }));
    if (!granted) return;
    const truth = this.truths.get(granted.hold) as Truth;
    const now = this.bench.clock.read();
    expect(now.monotonicMs - truth.grantedAt.monotonicMs).toBeLessThan(10_000);
    expect(now.wallMs - truth.grantedAt.wallMs).toBeLessThan(10_000);
    expect(granted.expiresAtMs).toBeGreaterThanOrEqual(this.customerMs + ttlMs);
    expect(granted.expiresAtMs).toBeLessThanOrEqual(truth.expiresAtMs);
    this.open.push({ granted, tokens });
    this.grants += 1;
  }

  /** The log takes the settle first, and only then the book hears of it. */
  private settleOne(at: number, part: number, own: boolean): void {
    const [token] = this.open.splice(at % Math.max(1, this.open.length), 1);
    if (!token) return;
    const { granted, tokens } = token;
    const keepsRest = own && this.bench.book.owns(granted);
    const settled = keepsRest ? Math.min(tokens, part) : tokens;
    const truth = this.truths.get(granted.hold) as Truth;
    truth.settled += settled;
    if (own) this.bench.book.settled(granted, { input_tokens: settled });
  }

  private note(asks: readonly HoldAsk[]): void {
    for (const ask of asks) {
      const id = ask.type === 'lease' ? ask.id : null;
      if (id !== null && !this.sends.has(id)) this.sends.set(id, this.bench.clock.read());
      if (!this.seen.includes(ask)) this.seen.push(ask);
    }
  }

  private deliver(how: 'answered' | 'lost' | 'never'): void {
    if (this.bench.letters.length === 0) return;
    const letter: Letter = this.bench.next();
    if (how === 'never') return letter.lose();
    const answers = letter.asks.map((ask) => this.apply(ask));
    if (how === 'answered') letter.answer(answers, this.customerMs);
    else letter.lose();
  }

  private apply(ask: HoldAsk): HoldAnswer {
    if (ask.type === 'lease') return this.lease(ask.id, ask.ttlMs);
    if (ask.type !== 'shrink') throw new Error(`unexpected ${ask.type}`);
    const truth = this.truths.get(ask.hold) as Truth;
    const size = ask.size['input_tokens'] ?? 0;
    truth.size = Math.max(truth.settled, Math.min(truth.size, size));
    return this.granted(ask.hold, truth);
  }

  private lease(id: string, ttlMs: number): HoldAnswer {
    const hold = `${id}#1@1`;
    const grantedAt = this.sends.get(id) as Instant;
    const expiresAtMs = this.customerMs + ttlMs;
    const made: Truth = { grantedAt, expiresAtMs, size: WANTED, settled: 0 };
    const truth = this.truths.get(hold) ?? made;
    this.truths.set(hold, truth);
    return this.granted(hold, truth);
  }

  private granted(hold: string, { expiresAtMs, size }: Truth): HoldAnswer {
    const quantities = { input_tokens: size };
    const times = { grantedAtMs: expiresAtMs - 70_000, expiresAtMs, since: 1 };
    return { type: 'granted', hold, quantities, ...times, limits: [] };
  }

  /** What was settled and what tokens may still settle is within each lease's size. */
  private check(): void {
    for (const [hold, { size, settled }] of this.truths) {
      const out = this.open.filter(({ granted }) => granted.hold === hold);
      const held = out.reduce((sum, { tokens }) => sum + tokens, 0);
      expect(settled + held).toBeLessThanOrEqual(size);
    }
  }
}

describe('a lease in any order of events', () => {
  it('is never exceeded by what was settled and handed out, and ends by either clock', async () => {
    let grants = 0;
    let shrinks = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(steps, { minLength: 10, maxLength: 80 }), async (run) => {
        const world = new Interleaving();
        try {
          for (const step of run) await world.run(step);
        } finally {
          for (const letter of world.bench.letters) letter.lose();
          await world.bench.book.close(0);
        }
        grants += world.grants;
        shrinks += world.seen.filter(({ type }) => type === 'shrink').length;
      }),
      { seed: 21, numRuns: 400 },
    );
    expect(grants).toBeGreaterThan(200);
    expect(shrinks).toBeGreaterThan(100);
  });
});
