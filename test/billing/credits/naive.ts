/** Credits as a list and a loop, without order kept and without the module under test. */

interface NaiveLot {
  id: string;
  kind: string;
  left: number;
  atMs: number;
  endsMs: number;
  period: number | null;
  /** How many lots came before it. */
  came: number;
}

const KINDS = 'promotion grant rollover refund purchase'.split(' ');

/** A naive account. */
export class NaiveAccount {
  lots: NaiveLot[] = [];
  uncovered: number[] = [];
  /** Burnt by segment and minute. */
  burnt: Record<string, number> = {};
  in = 0;
  expired = 0;
  private known = new Set<string>();
  private closed = new Set<number>();

  /** A lot comes, once. */
  add(lot: Omit<NaiveLot, 'left' | 'came'>, amount: number): void {
    if (this.known.has(lot.id) || amount <= 0) return;
    this.known.add(lot.id);
    this.lots.push({ ...lot, left: amount, came: this.known.size });
    this.in += amount;
  }

  /** Micro-credit by lot: always the first lot of the order that may pay. */
  burn(segment: number, atMs: number, microCredits: number): string[] {
    const from: string[] = [];
    let wanted = microCredits;
    while (wanted > 0) {
      const lot = this.first(segment, atMs);
      if (!lot) break;
      const part = lot.left < wanted ? lot.left : wanted;
      this.pay(lot, segment, atMs, part);
      wanted -= part;
      from.push(lot.id);
    }
    this.uncovered[segment] = (this.uncovered[segment] ?? 0) + wanted;
    return from;
  }

  /** A refund lowers what is owed, then comes back as a lot; parts of an event add up. */
  refund(segment: number, event: string, atMs: number, endsMs: number, amount: number): void {
    let back = amount;
    while (back > 0 && (this.uncovered[segment] ?? 0) > 0) {
      const step = Math.min(back, this.uncovered[segment] as number);
      (this.uncovered[segment] as number) -= step;
      back -= step;
    }
    const id = `refund/${event}`;
    const lot = this.lots.find((candidate) => candidate.id === id);
    if (!lot) {
      this.known.delete(id);
      this.add({ id, kind: 'refund', atMs, endsMs, period: null }, back);
      return;
    }
    lot.left += back;
    this.in += back;
  }

  /** The end of a period that began at `index * lengthMs` after `startMs`. */
  close(index: number, max: number, startMs: number, lengthMs: number): void {
    if (this.closed.has(index)) return;
    this.closed.add(index);
    const endMs = startMs + (index + 1) * lengthMs;
    let over = 0;
    for (const lot of this.lots) {
      if (lot.endsMs > endMs && lot.period !== index) continue;
      if (lot.period === index) over += lot.left;
      this.expired += lot.left;
      lot.left = 0;
    }
    // Ended or spent lots go; a refund of the same name is a new lot then.
    this.lots = this.lots.filter((lot) => lot.left > 0 || (lot.period ?? -1) > index);
    const next = index + 1;
    const id = `rollover/${next}`;
    const endsMs = endMs + lengthMs;
    this.add({ id, kind: 'rollover', atMs: endMs, endsMs, period: next }, Math.min(over, max));
    const lot = this.lots.find((candidate) => candidate.id === id);
    const owed = this.uncovered[next] ?? 0;
    if (!lot || owed === 0) return;
    const paid = Math.min(lot.left, owed);
    this.pay(lot, next, endMs, paid);
    this.uncovered[next] = owed - paid;
  }

  private pay(lot: NaiveLot, segment: number, atMs: number, part: number): void {
    lot.left -= part;
    const minute = `burn/${segment}/${Math.floor(atMs / 60_000) * 60}`;
    this.burnt[minute] = (this.burnt[minute] ?? 0) + part;
  }

  private first(segment: number, atMs: number): NaiveLot | undefined {
    let best: NaiveLot | undefined;
    for (const lot of this.lots) {
      const mayPay = lot.left > 0 && atMs < lot.endsMs;
      if (!mayPay || (lot.period !== null && lot.period !== segment)) continue;
      if (!best || isBefore(lot, best)) best = lot;
    }
    return best;
  }
}

function isBefore(a: NaiveLot, b: NaiveLot): boolean {
  if (a.endsMs !== b.endsMs) return a.endsMs < b.endsMs;
  if (a.kind !== b.kind) return KINDS.indexOf(a.kind) < KINDS.indexOf(b.kind);
  if (a.atMs !== b.atMs) return a.atMs < b.atMs;
  return a.came < b.came;
}
