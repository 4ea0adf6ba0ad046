import type { Limit, PlanSnapshot } from '../../../billing/catalogue.js';
import { cellOf } from '../../../billing/cells.js';
import type { CustomerState } from '../../../billing/state.js';
import { GRANT_MS } from '../../../api/leases/heldLease.js';
import type { HoldAsk } from '../../../billing/holds/asks.js';
import { readHoldName } from '../../../billing/holds/name.js';
import { LONGEST_LEASE_MS } from '../../../billing/holds/serving.js';
import type { Fence, LogEntry, LogGroup, Quantities } from '../../../billing/log.js';
import type { DecideReply, DecideRequest } from '../../../workflows/messages.js';
import { Chance } from '../chance.js';
import { SimulatedDatabase } from '../database.js';
import { LIMITS, SimulatedProcess } from '../process.js';
import { Schedule } from '../schedule.js';
import { ledgerOver } from '../world.js';
import { ProcessClock } from './clock.js';
import { Desk } from './desk.js';
import { Network } from './network.js';
import { firstGroup, KEY, MIDNIGHTS_MS, planOf, PUBLISHED, SUMMING } from './plan.js';
import type { HoldPlants } from './plants.js';
import { type Rules, rulesWith } from './rules.js';
import { Truth } from './truth.js';
import { SimulatedWorkflow, type WorkflowWorld } from './workflow.js';

/** How many times slower than in the log's worlds the database is: holds live for minutes. */
const SLOWNESS = 40;

const SLOW_LIMITS = {
  ...LIMITS,
  answerMsMax: LIMITS.answerMsMax * SLOWNESS,
  backoffMsMin: LIMITS.backoffMsMin * SLOWNESS,
  backoffMsMax: LIMITS.backoffMsMax * SLOWNESS,
  lossPauseMsMin: LIMITS.lossPauseMsMin * SLOWNESS,
  lossPauseMsMax: LIMITS.lossPauseMsMax * SLOWNESS,
};

/** An API process of the world: its clocks, its writer, and the life it is in. */
export interface Node {
  readonly process: SimulatedProcess;
  readonly clock: ProcessClock;
  desk: Desk;
}

/** What a world is made of besides its seed. */
export interface Setting {
  readonly plants?: HoldPlants;
  readonly limits: readonly Limit[];
  /** Nothing fails by itself. */
  readonly calm?: boolean;
  readonly nodes?: number;
  /** When it begins, ms; absent: a little before a midnight. */
  readonly startMs?: number;
}

/** Asks that are refused for a while after a rebuild. */
function isNew(ask: HoldAsk): boolean {
  return ask.type === 'lease' || (ask.type === 'reserve' && !ask.forSettle);
}

function isEpoch(entry: LogEntry): boolean {
  return entry.kind === 'fence' && entry.fence.type === 'epoch';
}

/** One customer's workflow, its log, API processes and a worker; what befalls them is others'. */
export class World implements WorkflowWorld {
  readonly schedule = new Schedule();
  readonly chance: Chance;
  readonly plants: HoldPlants;
  readonly plan: PlanSnapshot;
  readonly limits: readonly Limit[];
  readonly database: SimulatedDatabase;
  readonly network: Network;
  readonly truth: Truth;
  readonly rules: Rules;
  readonly ledger: WorkflowWorld['ledger'];
  readonly nodes: readonly Node[];
  readonly worker: SimulatedProcess;
  readonly workflow: SimulatedWorkflow;
  /** Whether processes take leases by themselves. */
  readonly isLeasing: boolean;
  /** Server's time when the world begins, ms. */
  readonly startMs: number;
  /** What the activity that writes fences waits for; scripted worlds hold it up. */
  fenceGate: Promise<void> = Promise.resolve();
  /** Ids of leases that callers subdivide. */
  readonly callerLeases: string[] = [];
  /** When each fence was decided, server's ms, by entry id. */
  readonly fencedAtMs = new Map<string, number>();

  constructor(
    readonly seed: number,
    { plants = {}, limits, calm = false, nodes, startMs }: Setting,
  ) {
    this.chance = new Chance(seed);
    const { schedule, chance } = this;
    this.plants = plants;
    this.limits = limits;
    this.plan = planOf(limits);
    const early = chance.whole(40_000, 130_000);
    this.isLeasing = !calm && chance.happens(0.4);
    this.startMs = startMs ?? chance.pick(MIDNIGHTS_MS) - early;
    const logPlants = { ...plants, blindStart: plants.begin === true };
    this.database = new SimulatedDatabase(schedule, chance, logPlants, SLOWNESS);
    this.database.calm = calm;
    this.network = new Network(schedule, chance, () => this.workflow);
    this.network.calm = calm;
    this.truth = new Truth(limits);
    this.rules = rulesWith(plants);
    this.ledger = ledgerOver(this.database, PUBLISHED);
    const manner = { limits: SLOW_LIMITS, summing: SUMMING };
    const started = (name: string) =>
      new SimulatedProcess(name, schedule, chance, this.database, logPlants, manner);
    this.nodes = Array.from({ length: nodes ?? chance.whole(2, 3) }, (_, index) =>
      this.nodeOf(started(`p${index}`), calm),
    );
    this.worker = started('worker');
    this.begin();
    this.workflow = new SimulatedWorkflow(this);
  }

  /** The server's clock, ms. */
  serverMs(): number {
    return this.startMs + this.schedule.nowMs;
  }

  /** A node by its place. */
  node(index: number): Node {
    return this.nodes[index] as Node;
  }

  async writeFence(name: string, fence: Fence): Promise<number> {
    const { chance, database, schedule } = this;
    const id = `fence/${name}`;
    if (!this.fencedAtMs.has(id)) this.fencedAtMs.set(id, this.serverMs());
    const slow = !database.calm && chance.happens(0.2);
    await schedule.pause(chance.whole(1, slow ? 40_000 : 400));
    await this.fenceGate;
    const entry = { kind: 'fence', id, fence, hash: name } as const;
    const outcome = await this.append(this.worker, entry);
    if (outcome.status === 'fenced') throw new Error(`fence ${name} was fenced`);
    return outcome.number;
  }

  /** Appends through a process until it answers. */
  async append(through: SimulatedProcess, entry: LogEntry) {
    for (;;) {
      try {
        const [outcome] = await through.append(KEY, [entry]);
        if (outcome) return outcome;
      } catch {
        await this.schedule.pause(this.chance.whole(100, 2_000));
      }
    }
  }

  /** Every grant is checked against all that can be settled, whoever heard of it. */
  decided({ asks }: DecideRequest, { answers }: DecideReply, after: CustomerState): void {
    for (const id of this.callerLeases) {
      const lease = cellOf(after.holds.open, id);
      if (lease) this.truth.drawn(lease);
      else this.truth.dropped(id);
    }
    const { controls } = this.workflow.state;
    const maxOf = ({ id, max = 0 }: Limit) => controls.limits[id] ?? max;
    const { groups } = this.database.log(KEY);
    this.truth.answered(asks, answers, groups, maxOf);
    asks.forEach((ask, index) => {
      const answer = answers[index];
      if (answer?.type !== 'granted' || !isNew(ask)) return;
      if (answer.grantedAtMs !== this.serverMs()) return;
      const waitMs = this.serverMs() - this.begunAtMs(answer.hold, groups);
      if (waitMs < LONGEST_LEASE_MS) {
        this.truth.broken.push(`${answer.hold} granted ${waitMs} ms after its epoch was wanted`);
      }
    });
  }

  /** A token left a process. */
  handOut(id: string, hold: string, quantities: Quantities): void {
    this.truth.note('token');
    this.truth.given.set(id, { id, hold, quantities });
    const ageMs = this.serverMs() - (this.truth.holds.get(hold)?.grantedAtMs ?? 0);
    if (ageMs > GRANT_MS) this.truth.broken.push(`${id} handed out ${ageMs} ms after its lease`);
  }

  /** When a hold's epoch was wanted, server's ms; of the first epoch of all: long ago. */
  private begunAtMs(hold: string, groups: readonly LogGroup[]): number {
    const number = readHoldName(hold)?.epoch ?? 0;
    const epochs = groups.flatMap(({ entries }) => entries).filter(isEpoch);
    const own = groups[number - 1]?.entries[0];
    if (!own || own.id === epochs[0]?.id) return 0;
    return this.fencedAtMs.get(own.id) ?? 0;
  }

  private begin(): void {
    const group = firstGroup(this.plan, this.startMs);
    const log = this.database.log(KEY);
    log.land(group);
    log.replicate(group);
  }

  private nodeOf(process: SimulatedProcess, calm: boolean): Node {
    const skewMs = calm ? 0 : this.chance.whole(-100_000, 100_000);
    const clock = new ProcessClock(this.schedule, this.startMs + skewMs);
    let lives = 0;
    const deskOf = () => new Desk(this, process, clock, `${process.name}-${(lives += 1)}`);
    const node: Node = { process, clock, desk: deskOf() };
    process.onGroup = (group) => node.desk.note(group);
    process.onKill = () => {
      node.desk = deskOf();
    };
    return node;
  }
}
