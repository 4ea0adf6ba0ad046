import type {
  AskedReservation,
  Decider,
  GrantedReservation,
} from '../../../api/decisions/contract.js';
import { type Extension, Extender } from '../../../api/decisions/extender.js';
import type { Ending } from '../../../api/decisions/body.js';
import { endingFor, Settler, type WantedEnd } from '../../../api/decisions/settler.js';
import { type AppendedUsage, LeaseUsage } from '../../../api/events/leaseUsage.js';
import type { HoldAsk } from '../../../billing/holds/asks.js';
import type {
  CustomerKey,
  LogEntry,
  LogGroup,
  Quantities,
  SettleEntry,
  UsageEntry,
} from '../../../billing/log.js';
import type { AppendOutcome } from '../../../ledger/contract.js';
import type { SimulatedProcess } from '../process.js';
import { Asking } from './asking.js';
import type { ProcessClock } from './clock.js';
import { Leases } from './leases.js';
import { OwnLeases } from './ownLeases.js';
import { KEY, PUBLISHED } from './plan.js';
import type { World } from './world.js';
import { weakened } from './weakWriter.js';

/** One life of an API process: the product's settling and extending over a simulated world. */
export class Desk {
  readonly asking: Asking;
  /** Those of a caller; and those that the process takes by itself. */
  readonly leases: Leases;
  readonly own: OwnLeases;

  constructor(
    private readonly world: World,
    private readonly process: SimulatedProcess,
    private readonly clock: ProcessClock,
    lifeName: string,
  ) {
    this.asking = new Asking(world, process, clock, lifeName);
    this.leases = new Leases(world, this.asking, clock, lifeName);
    this.own = new OwnLeases(world, this.asking, clock, process);
  }

  /** A token out of a lease at hand; null: none fits. */
  take(asked: AskedReservation): GrantedReservation | null {
    return this.leases.take(asked) ?? this.own.take(asked);
  }

  /** Gives back what is free of all leases. */
  async giveBack(): Promise<void> {
    await Promise.all([this.leases.giveBack(), this.own.giveBack()]);
  }

  /** A group of this process is durable. */
  note(group: LogGroup): void {
    this.asking.note(group);
  }

  /** Exact, under the caller's own id: the log is looked at first. Else why it is not granted. */
  async reserve(
    asked: AskedReservation & { readonly id: string },
  ): Promise<GrantedReservation | 'ended' | 'later' | 'refused'> {
    const { id, user, quantities, named: properties, ttlMs, hash } = asked;
    if (await this.endOf(id)) return 'ended';
    const common = { id, user, quantities, properties, ttlMs, hash };
    const ask: HoldAsk = { type: 'reserve', ...common, forSettle: false };
    const { answers } = await this.asking.decide(KEY, [ask]);
    const [answer] = answers;
    if (answer?.type === 'denied' && answer.denial.byLeases) await this.giveBack();
    if (answer?.type !== 'granted') return answer?.type === 'later' ? 'later' : 'refused';
    const facts = { ...answer, id, key: KEY, user, properties, hash };
    return { ...facts, isLeased: false, token: id };
  }

  /** A lease for a caller to subdivide; its name, or null. */
  async lease(ask: Extract<HoldAsk, { type: 'lease' }>): Promise<string | null> {
    const { answers } = await this.asking.decide(KEY, [ask]);
    return answers[0]?.type === 'granted' ? answers[0].hold : null;
  }

  /** Gives back what a caller did not use of a lease: it is so large now. */
  async shrink(hold: string, size: Quantities): Promise<void> {
    await this.asking.decide(KEY, [{ type: 'shrink', hold, size }]);
  }

  /** Usage that names a caller's lease. @throws Problem or LedgerError `unavailable`. */
  async use(entry: UsageEntry): Promise<AppendedUsage | undefined> {
    const entries = (ids: readonly string[]) =>
      this.process.hear(this.world.database.standing(KEY, ids));
    const usage = new LeaseUsage({
      decider: this.asking,
      writer: { append: (key, added) => this.process.write(key, added) },
      log: { entries: (_key, ids) => entries(ids) },
    });
    return (await usage.append(KEY, [entry], PUBLISHED))[0];
  }

  /** How it ended. @throws Problem. */
  settle(granted: GrantedReservation, wanted: WantedEnd): Promise<Ending> {
    const { plants } = this.world;
    const isOver = granted.expiresAtMs < this.clock.wallMs();
    if (plants.clock && granted.isLeased && isOver && wanted.type === 'commit') {
      return this.settleAnew(granted, wanted);
    }
    const commit = wanted.type === 'commit' ? wanted.commit : null;
    const said = plants.otherClass && commit ? { ...commit, properties: undefined } : commit;
    return this.settlerOf(granted, wanted).settle(
      granted,
      said ? { ...wanted, type: 'commit', commit: said } : wanted,
    );
  }

  /** Lets it live longer or hold more. @throws Problem. */
  async extend(granted: GrantedReservation, extension: Extension): Promise<GrantedReservation> {
    const extender = new Extender({
      decider: this.asking,
      tokens: { seal: () => granted.id } as never,
      settles: { of: (_key: CustomerKey, id: string) => this.endOf(id) } as never,
      memory: { remember: () => undefined } as never,
    });
    return (await extender.extend(granted, extension)).granted;
  }

  private settlerOf(granted: GrantedReservation, wanted: WantedEnd): Settler {
    const { database, plan } = this.world;
    return new Settler({
      decider: this.world.plants.role ? this.roleless(granted) : this.asking,
      leases: this.own.isOf(granted) ? this.own : this.leases,
      writer: { append: (_key, entries) => this.write(granted, wanted, entries) },
      log: {
        groups: (key, from, limit) =>
          this.process.hear(database.groups(key, from, from + limit - 1)),
      },
      snapshot: () => Promise.resolve(plan),
      names: () => Promise.resolve(PUBLISHED.namedProperties),
    });
  }

  private write(
    granted: GrantedReservation,
    wanted: WantedEnd,
    entries: readonly LogEntry[],
  ): Promise<readonly AppendOutcome[]> {
    const { plants } = this.world;
    const commit = wanted.type === 'commit' ? wanted.commit : null;
    const scene = { granted, commit, wallMs: this.clock.wallMs() };
    const [entry] = entries.map((one) => weakened(plants, one, scene)) as [SettleEntry];
    const part = entry.parts.find(({ hold }) => hold === granted.hold);
    if (plants.earlyReuse && part?.settled) this.leases.settled(granted, part.settled);
    return this.process.write(KEY, [entry]);
  }

  /** The end of a reservation that stands in the log. */
  private async endOf(id: string): Promise<SettleEntry | null> {
    for (;;) {
      const read = this.world.database.standing(KEY, [`settle/${id}`]).catch(() => null);
      const found = await this.process.hear(read);
      if (found) return (found[0]?.entry as SettleEntry | undefined) ?? null;
    }
  }

  /** The planted fault: what looks over by this process' clock is asked for anew. */
  private async settleAnew(granted: GrantedReservation, wanted: WantedEnd): Promise<Ending> {
    const { id, user, quantities, properties, hash } = granted;
    const common = { id, user, quantities, properties, hash };
    const ask: HoldAsk = { type: 'reserve', ...common, ttlMs: 60_000, forSettle: true };
    const { answers } = await this.asking.decide(KEY, [ask]);
    const [answer] = answers;
    if (answer?.type === 'granted') {
      const anew = { ...granted, ...answer, isLeased: false };
      return this.settlerOf(anew, wanted).settle(anew, wanted);
    }
    const { grantedAtMs: atMs, since } = granted;
    const parts = [{ hold: null, used: {}, writeOff: quantities, atMs, counts: false }];
    const terms = { kind: 'settle', id: `settle/${id}`, properties, since, hash } as const;
    const entry = { ...terms, outcome: 'committed', parts } as const;
    const [outcome] = await this.process.write(KEY, [entry]);
    const stands = outcome && 'entry' in outcome ? outcome.entry : entry;
    return endingFor(stands as SettleEntry, 'commit', id);
  }

  /** The planted fault: extras are asked under the reservation's own id and hash. */
  private roleless({ id, hash }: GrantedReservation): Decider {
    return {
      decide: (key, asks) => {
        const own = asks.map((ask) => (ask.type === 'reserve' ? { ...ask, id, hash } : ask));
        return this.asking.decide(key, own);
      },
    };
  }
}
