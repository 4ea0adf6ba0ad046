import type { Mode, PublishedCatalogue } from '../../billing/catalogue.js';
import { sumRows } from '../../billing/sums.js';
import type { Summing } from './port.js';

/** How long a publication is used before it is read again. */
const FRESH_MS = 2_000;

const NO_ROWS: Summing = { revision: 0, rows: () => [] };

interface Known {
  readonly summing: Promise<Summing>;
  readonly readAtMs: number;
}

/** Knows how usage is added up in each mode: by the newest publication, at most 2 s old. */
export class SummingSource {
  private readonly known = new Map<Mode, Known>();

  constructor(
    private readonly newest: (mode: Mode) => Promise<PublishedCatalogue | null>,
    private readonly elapsedMs: () => number,
  ) {}

  /** @throws what reading the publication throws; the next call reads again. */
  current(mode: Mode): Promise<Summing> {
    const known = this.known.get(mode);
    if (known && this.elapsedMs() - known.readAtMs < FRESH_MS) return known.summing;
    const summing = this.newest(mode).then(summingOf);
    this.known.set(mode, { summing, readAtMs: this.elapsedMs() });
    summing.catch(() => this.known.delete(mode));
    return summing;
  }
}

function summingOf(published: PublishedCatalogue | null): Summing {
  if (!published) return NO_ROWS;
  return { revision: published.revision, rows: (entries) => sumRows(entries, published) };
}
