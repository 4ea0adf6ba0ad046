import type { AskedReservation, GrantedReservation } from '../../../api/decisions/contract.js';
import type { WantedEnd } from '../../../api/decisions/settler.js';
import { Problem } from '../../../api/errors/problem.js';
import type { Commit } from '../../../billing/holds/settlement.js';
import type { Desk } from './desk.js';
import { KEY } from './plan.js';
import type { Node, World } from './world.js';

/** An answer that never came. */
class Lost extends Error {}

/** How callers reach the processes of a world, and what they are told goes down as told. */
export class Callers {
  constructor(private readonly world: World) {}

  /** A request of a caller. */
  asked(id: string, wish: Partial<AskedReservation> = {}): AskedReservation & { id: string } {
    const quantities = { input: 10 };
    const common = { user: null, properties: {}, named: {}, ttlMs: 60_000 };
    const { named } = { ...common, ...wish };
    return { key: KEY, hash: `ask ${id}`, ...common, quantities, ...wish, id, properties: named };
  }

  /** One call to a process. @throws Lost, or what the process throws. */
  async call<Answer>(node: Node, work: (desk: Desk) => Promise<Answer>): Promise<Answer> {
    const { chance, network } = this.world;
    await network.travel();
    const answer = await node.process.call(() => work(node.desk)).catch((error: unknown) => {
      if (error instanceof Problem) throw error;
      throw new Lost(String(error));
    });
    await network.travel();
    if (!network.calm && chance.happens(0.08)) throw new Lost('the answer was lost');
    return answer;
  }

  /** An exact reservation, asked for again while nothing is known; null: not granted. */
  async reserve(
    asked: AskedReservation & { id: string },
    nodeOf: () => Node,
    attempts = 4,
  ): Promise<GrantedReservation | null> {
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const call = this.call(nodeOf(), (desk) => desk.reserve(asked));
      const answer = await call.catch(() => 'lost' as const);
      if (typeof answer === 'object') return this.given(answer);
      if (answer === 'ended' || answer === 'refused') return null;
      await this.world.schedule.pause(this.world.chance.whole(500, 20_000));
    }
    return null;
  }

  /** What a process has at hand; null: nothing that fits. */
  async takeToken(node: Node, asked: AskedReservation): Promise<GrantedReservation | null> {
    const take = (desk: Desk) => Promise.resolve(desk.take(asked));
    return this.call(node, take).catch(() => null);
  }

  /** Extends once; null where that is refused or not known. */
  async extend(
    node: Node,
    granted: GrantedReservation,
    extension: Parameters<Desk['extend']>[1],
  ): Promise<GrantedReservation | null> {
    const extended = this.call(node, (desk) => desk.extend(granted, extension));
    return extended.then((more) => this.given(more)).catch(() => null);
  }

  /** Ends a reservation, here and there, until somebody says how. */
  async end(granted: GrantedReservation, wanted: WantedEnd, nodeOf: () => Node): Promise<void> {
    const { id } = granted;
    const { schedule, chance, truth } = this.world;
    const asked = wanted.type;
    for (;;) {
      try {
        const ending = await this.call(nodeOf(), (desk) => desk.settle(granted, wanted));
        truth.note(`${asked} ${ending.status}${ending.writeOff ? ' written off' : ''}`);
        truth.told.push({ id, asked, ending });
        return;
      } catch (error) {
        if (error instanceof Problem && error.code !== 'unavailable') {
          truth.note(`${asked} ${error.code}`);
          truth.told.push({ id, asked, ending: null });
          return;
        }
        if (!(error instanceof Problem) && !(error instanceof Lost)) throw error;
        await schedule.pause(chance.whole(500, 12_000));
      }
    }
  }

  private given(granted: GrantedReservation): GrantedReservation {
    const { id, hold, quantities } = granted;
    this.world.truth.given.set(id, { id, hold, quantities });
    return granted;
  }
}

/** A commit as it is to be asked for. */
export function committing(commit: Commit): WantedEnd {
  return { type: 'commit', commit, hash: `commit ${JSON.stringify(commit)}` };
}

/** A release. */
export const RELEASING: WantedEnd = { type: 'release', hash: 'release' };
