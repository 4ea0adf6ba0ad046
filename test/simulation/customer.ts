import { readLog } from '../../activities/readLog.js';
import type { PlanSnapshot } from '../../billing/catalogue.js';
import { firstAhead, foldMessage, foldStretch, needsHeal } from '../../billing/customer/fold.js';
import { initialState } from '../../billing/customer/initial.js';
import { startPlan } from '../../billing/customer/periods/starting.js';
import type { CustomerKey, Fence, LogStretch, UsageMessage } from '../../billing/log.js';
import type { CustomerState } from '../../billing/state.js';
import type { Chance } from './chance.js';
import { Holds, type Hold } from './holds.js';
import type { Plants } from './plants.js';
import type { Schedule } from './schedule.js';
import { METERS } from './summing.js';

/** Start of the one period, and a plan of a year: no world outlives it. */
export const START_MS = Date.UTC(2026, 0, 1);
const PLAN: PlanSnapshot = {
  id: 'free',
  version: 1,
  revision: 1,
  currency: 'usd',
  meters: METERS,
  plan: { name: 'Free', interval: 'year' },
};

/** What a customer's workflow asks of the world; all of it repeated until it works. */
export interface CustomerWorld {
  readonly schedule: Schedule;
  readonly chance: Chance;
  readonly plants: Plants;
  /** The ledger as activities read it. */
  readonly ledger: Parameters<typeof readLog>[0];
  writeFence(key: CustomerKey, name: string, fence: Fence): Promise<number>;
}

/**
 * A customer's workflow: the product's fold, its heal, and holds that a model grants and expires.
 * A rebuild forgets everything but the log.
 */
export class SimulatedCustomer {
  state: CustomerState;
  holds: Holds;
  private instance = 0;
  private healing = false;

  constructor(
    readonly key: CustomerKey,
    private readonly world: CustomerWorld,
    private readonly limit: number,
  ) {
    this.state = begun(key);
    this.holds = new Holds(limit);
    void this.begin();
  }

  /** Units of a meter that the fold has counted. */
  total(meter: keyof typeof METERS): number {
    return this.state.segments[0]?.totals[meter]?.quantity ?? 0;
  }

  /** The workflow's data is lost; a new instance starts from the log. */
  rebuild(): void {
    this.instance += 1;
    this.state = begun(this.key);
    this.holds = new Holds(this.limit);
    this.healing = false;
    void this.begin();
  }

  /** A message of a process, as often and in whatever order the network brings it. */
  receive(message: UsageMessage): void {
    const { plants, chance } = this.world;
    const known = plants.mixedMessage ? forgetting(this.state, message) : this.state;
    const folded = foldMessage(known, message);
    const isFolded = folded.ahead !== known.ahead || folded.mark !== known.mark;
    if (isFolded) this.holds.end(message.ends ?? []);
    this.state = known === this.state ? folded : withMark(folded, this.state.mark);
    if (plants.forgottenRanges && chance.happens(0.3)) this.state = { ...this.state, ahead: [] };
    void this.heal();
  }

  /** A hold of this quantity, or null: no room, or not in service yet. */
  grant(id: string, quantity: number): Hold | null {
    return this.holds.grant(id, quantity, this.total('images'), this.state.mark);
  }

  /** Ends holds whose time is over, by a fence; they count until the mark reaches it. */
  async expire(names: readonly string[]): Promise<void> {
    const { instance } = this;
    const holds = names.filter((name) => this.holds.isOpen(name));
    if (holds.length === 0) return;
    const name = `expired-${holds.join('-')}`;
    this.heardOf(instance, await this.world.writeFence(this.key, name, { type: 'expired', holds }));
  }

  /** Reads on until nothing is missing. */
  async heal(): Promise<void> {
    if (this.healing) return;
    this.healing = true;
    const { instance } = this;
    while (instance === this.instance && needsHeal(this.state)) await this.healOnce(instance);
    if (instance === this.instance) this.healing = false;
  }

  /** Says how far the log goes, as a sweep does. */
  heardOf(instance: number | null, head: number): void {
    if (instance !== null && instance !== this.instance) return;
    this.receive({ ranges: [], sums: [], catalogue: 1, head });
  }

  /** Heals to the head, writes its epoch, and grants once the mark has reached it. */
  private async begin(): Promise<void> {
    const { instance } = this;
    const { chance, plants } = this.world;
    await this.heal();
    if (instance !== this.instance) return;
    if (plants.earlyGrants) this.holds.serveFrom(this.state.mark, true);
    const name = plants.namedEpoch ? 'epoch' : `epoch-${instance}-${chance.whole(0, 1e9)}`;
    const epoch = await this.world.writeFence(this.key, name, { type: 'epoch' });
    if (instance !== this.instance) return;
    this.holds.serveFrom(epoch, this.state.mark >= epoch);
    this.heardOf(instance, epoch);
  }

  private async healOnce(instance: number): Promise<void> {
    const { chance, ledger, schedule } = this.world;
    const { key, mark } = this.state;
    const before = Math.min(firstAhead(this.state) ?? Infinity, mark + 1 + chance.whole(1, 4));
    const page = await readLog(ledger, { key, from: mark + 1, before, catalogue: 1 })
      .catch(() => null);
    await schedule.pause(chance.whole(1, 20));
    if (instance !== this.instance || !page) return;
    if (page.missing !== null || page.head < mark) {
      this.state = { ...this.state, halted: `missing ${page.missing}, head ${page.head}` };
      return;
    }
    for (const stretch of page.stretches) this.fold(stretch);
    const synced = this.state.synced || this.state.mark >= page.head;
    this.state = { ...this.state, synced, head: Math.max(this.state.head, page.head) };
  }

  private fold(stretch: LogStretch): void {
    const { mark, ahead } = this.state;
    if (this.world.plants.latePages) {
      this.state = overtaking(foldStretch({ ...this.state, ahead: [] }, stretch), ahead);
    } else {
      this.state = foldStretch(this.state, stretch);
    }
    if (this.state.mark === mark) return;
    this.holds.end(this.world.plants.lostEnds ? [] : (stretch.ends ?? []));
    for (const act of stretch.acts) this.holds.act(stretch.from, act);
  }
}

function begun(key: CustomerKey): CustomerState {
  return startPlan(initialState(key), PLAN, START_MS);
}

/** The planted fault: as if no range of the message had been folded yet. */
export function forgetting(state: CustomerState, message: UsageMessage): CustomerState {
  const lowest = Math.min(...message.ranges.map(([from]) => from));
  const isMixed = message.ranges.some(([, to]) => to > state.mark);
  if (!isMixed || !state.synced) return state;
  return { ...state, mark: Math.min(state.mark, lowest - 1), ahead: [] };
}

/** The planted fault: ranges folded ahead are kept, though a page went over them again. */
function overtaking(state: CustomerState, ahead: CustomerState['ahead']): CustomerState {
  let { mark } = state;
  for (const [from, to] of ahead) if (from <= mark + 1) mark = Math.max(mark, to);
  return { ...state, mark, ahead: ahead.filter(([from]) => from > mark) };
}

/** The state with its mark where it was at least. */
export function withMark(state: CustomerState, mark: number): CustomerState {
  return { ...state, mark: Math.max(state.mark, mark) };
}
