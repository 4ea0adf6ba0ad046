import type { SettleEntry } from '../../billing/log.js';
import type { Ledger } from '../../ledger/contract.js';
import { Chance } from '../simulation/chance.js';
import type { DecisionApp } from './decisionApp.js';

/** One round of clients that reserve and end what they got, whatever dies meanwhile. */

const CLIENTS = 16;

/** Longest life of a lease, and then some: after it nothing may be held. */
const PAST_LEASES_MS = 90_000;

/** What one customer's clients know for sure. */
export class DecisionRound {
  /** Units that are held or used at least, by reservation: never more than is really taken. */
  private readonly taken = new Map<string, number>();
  /** Commits that were answered 200, with what they say was counted. */
  private readonly committed = new Map<string, number>();
  private readonly released = new Set<string>();
  private sum = 0;
  granted = 0;
  denied = 0;

  constructor(
    private readonly app: DecisionApp,
    readonly customer: string,
    private readonly cap: number,
    private readonly seed: number,
  ) {}

  /** Clients at work until `isOver`, and then to the end of what each has begun. */
  async run(isOver: () => boolean): Promise<void> {
    const clients = Array.from({ length: CLIENTS }, async (_, at) => {
      const chance = new Chance(this.seed * 100 + at);
      for (let n = 0; !isOver(); n += 1) await this.request(chance, `${at}-${n}`, at);
    });
    await Promise.all(clients);
  }

  private async request(chance: Chance, name: string, at: number): Promise<void> {
    const tokens = 1 + chance.whole(0, 8);
    const more = chance.whole(0, 1) === 0 ? { id: `own-${name}` } : {};
    const { status, body } = await this.app.reserve(this.customer, tokens, more, at);
    if (status !== 201) {
      this.denied += 1;
      return;
    }
    const id = String(body['id']);
    this.granted += 1;
    this.take(id, tokens);
    if (this.sum > this.cap) throw new Error(`${this.sum} of ${this.cap}, seed ${this.seed}`);
    await this.end(chance, id, tokens, at);
  }

  private async end(chance: Chance, id: string, tokens: number, at: number): Promise<void> {
    const fate = chance.whole(0, 3);
    // A process that died took its tokens along; another ends them by their ids.
    const elsewhere = at + chance.whole(0, 1);
    if (fate === 0) {
      this.take(id, 0);
      const { body } = await this.app.release(this.customer, id, elsewhere);
      if (body['status'] === 'released') this.released.add(id);
      return;
    }
    const used = fate === 1 ? chance.whole(0, tokens) : tokens;
    this.take(id, used);
    const quantities = { input_tokens: used };
    const { status, body } = await this.app.commit(this.customer, id, { quantities }, elsewhere);
    if (status !== 200) throw new Error(`commit of ${id}: ${status} ${JSON.stringify(body)}`);
    const counted = (body['committed'] as Record<string, number>)['input_tokens'] ?? 0;
    this.committed.set(id, counted);
    // What was fenced and did not fit any more is written off: it takes nothing.
    this.take(id, Math.min(used, counted));
  }

  private take(id: string, tokens: number): void {
    this.sum += tokens - (this.taken.get(id) ?? 0);
    this.taken.set(id, tokens);
  }

  /** Everything that is wrong once nothing is under way: none is right. */
  async faults(ledger: Ledger): Promise<readonly string[]> {
    const to = new Date(Date.now() + PAST_LEASES_MS).toISOString();
    await this.app.ask('POST', '/v1/test/clock', { customer: this.customer, to });
    const settles = await this.settles(ledger);
    const used = [...settles.values()].flat().reduce((sum, one) => sum + usedOf(one), 0);
    const faults = [...this.settleFaults(settles)];
    if (used > this.cap) faults.push(`${used} settled of ${this.cap}`);
    const standing = await this.app.limit(this.customer);
    if (standing.held !== 0) faults.push(`${standing.held} held at rest`);
    if (standing.used !== used) faults.push(`counter ${standing.used}, log ${used}`);
    return faults.map((fault) => `${this.customer}, seed ${this.seed}: ${fault}`);
  }

  private *settleFaults(settles: ReadonlyMap<string, readonly SettleEntry[]>): Generator<string> {
    for (const [id, entries] of settles) {
      if (entries.length > 1) yield `${entries.length} ends of ${id}`;
    }
    for (const [id, counted] of this.committed) {
      const [entry] = settles.get(id) ?? [];
      if (!entry) yield `the acknowledged commit of ${id} is not in the log`;
      else if (usedOf(entry) !== counted) yield `${id}: ${counted} said, ${usedOf(entry)} counted`;
    }
    for (const id of this.released) {
      if (settles.get(id)?.[0]?.outcome !== 'released') yield `${id} was released, and is not`;
    }
  }

  private async settles(ledger: Ledger): Promise<ReadonlyMap<string, readonly SettleEntry[]>> {
    const key = { mode: 'test', customer: this.customer, life: 1 } as const;
    const found = new Map<string, SettleEntry[]>();
    for (let from = 1; ; ) {
      const groups = await ledger.log.groups(key, from, 1_000);
      for (const entry of groups.flatMap(({ entries }) => entries)) {
        if (entry.kind !== 'settle') continue;
        const id = entry.id.slice('settle/'.length);
        found.set(id, [...(found.get(id) ?? []), entry]);
      }
      if (groups.length < 1_000) return found;
      from += groups.length;
    }
  }
}

function usedOf({ parts }: SettleEntry): number {
  return parts.reduce((sum, { used }) => sum + (used['input_tokens'] ?? 0), 0);
}
