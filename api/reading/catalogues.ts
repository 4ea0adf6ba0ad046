import type { Mode, PlanSnapshot, PublishedCatalogue } from '../../billing/catalogue.js';
import type { CatalogueStore } from '../../ledger/stores/contract.js';
import { unavailable } from '../errors/problem.js';
import type { PlanWish } from '../schemas/planName.js';
import { Turns } from './turns.js';

/** A publication is seen after this time at the latest. */
const TTL_MS = 5000;

/** A name that is missing makes us look again, but not more often than this. */
const MISS_MS = 250;

interface Known {
  readonly catalogue: PublishedCatalogue | null;
  readonly readAtMs: number;
}

/** The published catalogues, remembered for a short time. */
export class Catalogues {
  private readonly turns: Turns<PublishedCatalogue | null>;
  private readonly known = new Map<Mode, Known>();

  constructor(
    store: CatalogueStore,
    private readonly now: () => number = Date.now,
  ) {
    this.turns = new Turns(async (mode) => {
      const catalogue = await store.newest(mode as Mode);
      this.known.set(mode as Mode, { catalogue, readAtMs: this.now() });
      return catalogue;
    });
  }

  /** The newest publication, or null before the first. */
  async find(mode: Mode, maxAgeMs = TTL_MS): Promise<PublishedCatalogue | null> {
    const known = this.known.get(mode);
    const young = known?.catalogue && known.readAtMs + maxAgeMs > this.now();
    return young ? known.catalogue : this.turns.take(mode);
  }

  /** What was seen last, without asking anybody. */
  lastSeen(mode: Mode): PublishedCatalogue | null {
    return this.known.get(mode)?.catalogue ?? null;
  }

  /** As `find`. @throws Problem `unavailable` before the first publication. */
  async require(mode: Mode, maxAgeMs = TTL_MS): Promise<PublishedCatalogue> {
    const catalogue = await this.find(mode, maxAgeMs);
    if (!catalogue) throw unavailable(`No catalogue is published in ${mode} mode yet.`);
    return catalogue;
  }

  /** Looks again where a name was missing: it may have just been published. */
  again(mode: Mode): Promise<PublishedCatalogue> {
    return this.require(mode, MISS_MS);
  }

  /** The snapshot a wish names, or null where there is none. */
  async snapshot(mode: Mode, wish: PlanWish): Promise<PlanSnapshot | null> {
    const found = snapshotIn(await this.require(mode), wish);
    return found ?? snapshotIn(await this.again(mode), wish);
  }
}

function snapshotIn(catalogue: PublishedCatalogue, wish: PlanWish): PlanSnapshot | null {
  const newest = Object.hasOwn(catalogue.newest, wish.id) ? catalogue.newest[wish.id] : undefined;
  const name = `${wish.id}@${wish.version ?? newest}`;
  return Object.hasOwn(catalogue.snapshots, name) ? (catalogue.snapshots[name] ?? null) : null;
}
