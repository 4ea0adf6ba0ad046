import fc from 'fast-check';
import { cellOf } from '../../../billing/cells.js';
import { holdName, readHoldName } from '../../../billing/holds/name.js';
import { openHolds } from '../../../billing/holds/book.js';
import { added } from '../../../billing/holds/settle.js';
import type { Quantities } from '../../../billing/log.js';
import { heldIn, passed, usedIn } from './law.js';
import { Protocol, type Ticket } from './protocol.js';
import { ask, heldCells, leaseAsk, tokens } from './world.js';

/** Ten minutes before midnight, so that runs cross it. */
const EVENING_MS = Date.UTC(2026, 10, 10, 23, 50);
const USERS = ['u1', 'u2'];
const CLASSES = [{}, { model: 'small', team: 't' }, { model: 'large', team: 't' }];

interface Move {
  readonly kind: (typeof KINDS)[number];
  /** Picks users, classes, tickets. */
  readonly pick: number;
  readonly amount: number;
}

const KINDS = [
  'reserve',
  'reserve',
  'lease',
  'lease',
  'token',
  'token',
  'token',
  'commit',
  'commit',
  'release',
  'extend',
  'shrink',
  'fold',
  'fold',
  'wait',
  'expire',
  'pass',
  'rebuild',
] as const;

/** A lease as its owner keeps it: what it may still hand out, and the size it has stated. */
interface OwnLease {
  readonly hold: string;
  readonly grantedAtMs: number;
  readonly user: string;
  readonly properties: Readonly<Record<string, string>>;
  size: { tokens: number; requests: number };
  free: { tokens: number; requests: number };
}

class Run {
  readonly world = new Protocol(EVENING_MS);
  readonly tickets: Ticket[] = [];
  readonly leases: OwnLease[] = [];
  readonly owners = new Map<string, OwnLease>();
  ids = 0;

  move({ kind, pick, amount }: Move): void {
    const user = USERS[pick % USERS.length] as string;
    const properties = CLASSES[pick % CLASSES.length] as Record<string, string>;
    if (kind === 'reserve') this.reserve(user, properties, amount);
    else if (kind === 'lease') this.lease(user, properties, amount);
    else if (kind === 'token') this.token(pick, amount);
    else if (kind === 'commit') this.settle(pick, amount);
    else if (kind === 'release') this.settle(pick, null);
    else if (kind === 'extend') this.extend(pick, amount);
    else if (kind === 'shrink') this.shrink(pick, amount);
    else if (kind === 'fold') this.world.fold(1 + (amount % 3));
    else if (kind === 'pass') this.pass(amount);
    else if (kind === 'wait') this.world.nowMs += amount * 900;
    else if (kind === 'expire') this.world.expire();
    else if (amount > 62) this.world.rebuild();
  }

  /** Holds end, and the fold hears of it. */
  pass(amount: number): void {
    this.world.fold();
    this.world.nowMs += amount * 1_500;
    this.world.expire();
    if (amount % 2 === 0) this.world.fold();
  }

  reserve(user: string, properties: Record<string, string>, amount: number): void {
    const id = `r${(this.ids += 1)}`;
    const asked = ask(id, amount, { user, properties });
    const answer = this.world.decide(asked);
    expect(this.world.decide(asked)).toEqual(answer);
    if (answer.type !== 'granted') return;
    const { hold, quantities, grantedAtMs, since } = answer;
    const own = { id, user, properties, isLeased: false, hash: asked.hash };
    this.tickets.push({
      isOwn: false,
      reservation: { ...own, quantities, hold, grantedAtMs, since },
    });
  }

  lease(user: string, properties: Record<string, string>, amount: number): void {
    const more = { user, properties, holder: `p${amount % 2}` };
    const answer = this.world.decide(leaseAsk(`l${(this.ids += 1)}`, 2, amount * 2, more));
    if (answer.type !== 'granted') return;
    const { quantities, hold, grantedAtMs } = answer;
    const all = { tokens: quantities['input_tokens'] ?? 0, requests: quantities['requests'] ?? 0 };
    const own = { hold, grantedAtMs, user, properties, size: { ...all }, free: { ...all } };
    this.leases.push(own);
  }

  /** The owner hands a token out: paused or not, past the lease's end or not. */
  token(pick: number, amount: number): void {
    const lease = this.leases[pick % Math.max(1, this.leases.length)];
    const quantity = amount % 7;
    if (!lease || lease.free.tokens < quantity || lease.free.requests < 1) return;
    lease.free.tokens -= quantity;
    lease.free.requests -= 1;
    const { hold, grantedAtMs, user, properties } = lease;
    const id = `t${(this.ids += 1)}`;
    this.owners.set(id, lease);
    const own = { id, user, properties, isLeased: true, hash: `token ${quantity}`, since: 0 };
    this.tickets.push({
      isOwn: amount % 2 === 0,
      reservation: { ...own, quantities: tokens(quantity), hold, grantedAtMs },
    });
  }

  /** `amount` null: a release. Odd amounts use another class, great ones more than was held. */
  settle(pick: number, amount: number | null): void {
    const ticket = this.tickets[pick % Math.max(1, this.tickets.length)];
    if (!ticket) return;
    const held = ticket.reservation.quantities['input_tokens'] ?? 0;
    const used = amount === null ? 0 : (amount * held) % (held + 9);
    const properties = amount && amount % 5 === 0 ? { model: 'large', team: 't' } : undefined;
    const commit = { quantities: tokens(used), ...(properties ? { properties } : {}) };
    const before = this.world.log.length;
    this.world.settle(ticket, amount === null ? 'release' : commit, ticket.isOwn);
    const entry = this.world.log[before];
    const lease = this.owners.get(ticket.reservation.id);
    if (!lease || !ticket.isOwn || entry?.type !== 'settle') return;
    const part = entry.parts.find(({ hold }) => hold === lease.hold);
    if (!part) return;
    lease.free.tokens += held - (part.settled?.['input_tokens'] ?? 0);
    lease.free.requests += 1 - (part.settled?.['requests'] ?? 0);
  }

  extend(pick: number, amount: number): void {
    const ticket = this.tickets[pick % Math.max(1, this.tickets.length)];
    if (!ticket || ticket.reservation.isLeased) return;
    const { id } = ticket.reservation;
    const quantities = tokens(amount);
    this.world.decide({ type: 'extend', id, ttlMs: 1_000 + amount * 600, quantities });
  }

  shrink(pick: number, amount: number): void {
    const lease = this.leases[pick % Math.max(1, this.leases.length)];
    if (!lease) return;
    const back = Math.min(lease.free.tokens, amount);
    lease.free.tokens -= back;
    lease.size.tokens -= back;
    const size = { input_tokens: lease.size.tokens, requests: lease.size.requests };
    const state = this.world.decide({ type: 'shrink', hold: lease.hold, size });
    if (state.type === 'granted') this.world.decide({ type: 'shrink', hold: lease.hold, size });
  }

  check(): void {
    const { state, log, folded } = this.world;
    const over = passed([...usedIn(log.slice(0, folded)), ...heldIn(state)]);
    const broken = [...over, ...passed(usedIn(log)), ...this.world.contradictions()];
    if (broken.length > 0) throw new Error(broken.join('; '));
    for (const lease of this.leases) this.checkLease(lease);
  }

  /** Granted = settled + given back + open, and nothing is settled beyond the size. */
  checkLease({ hold, size }: OwnLease): void {
    const consumed: Quantities = this.world
      .partsOf(hold)
      .map((part) => part.settled ?? {})
      .reduce(added, {});
    expect(consumed['input_tokens'] ?? 0).toBeLessThanOrEqual(size.tokens);
    expect(consumed['requests'] ?? 0).toBeLessThanOrEqual(size.requests);
    const open = cellOf(this.world.state.holds.open, readHoldName(hold)?.id ?? '');
    if (!open || holdName(open) !== hold || this.world.folded < this.world.log.length) return;
    expect(open.settled['input_tokens'] ?? 0).toBe(consumed['input_tokens'] ?? 0);
    expect(open.quantities['input_tokens']).toBeGreaterThanOrEqual(size.tokens);
  }

  /** Everything comes to its end. */
  rest(): void {
    for (let round = 0; round < 8; round += 1) {
      this.world.fold();
      this.world.nowMs += 100_000;
      this.world.expire();
    }
    this.world.fold();
    expect(openHolds(this.world.state)).toEqual([]);
    expect(heldCells(this.world.state)).toBe(0);
    expect(this.world.state.holds).toMatchObject({ fence: null, nextEndMs: null });
  }
}

const moves = fc.array(
  fc.record({
    kind: fc.constantFrom(...KINDS),
    pick: fc.nat(30),
    amount: fc.integer({ min: 0, max: 70 }),
  }),
  { minLength: 1, maxLength: 160, size: 'max' },
);

describe('any sequence of decisions, settles, fences, pauses and rebuilds', () => {
  it('uses and holds no more than any limit, ends each hold once, and leaves nothing held', () => {
    const law = fc.property(moves, (all) => {
      const run = new Run();
      for (const move of all) {
        run.move(move);
        run.check();
      }
      run.rest();
      run.check();
    });
    fc.assert(law, { numRuns: 150 });
  });
});
