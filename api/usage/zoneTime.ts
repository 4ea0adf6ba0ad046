/** Calendar buckets in a time zone, by the rules of the runtime's own zone database. */

/** How wide a bucket is. */
export type Bucket = 'hour' | 'day' | 'month' | 'total';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Offsets of all zones in use since 1970 are whole quarters of an hour, so changes are too. */
const QUARTER_MS = HOUR_MS / 4;

const CACHED_MAX = 100_000;

/** One zone: when its hours, days and months begin. */
export class ZoneTime {
  private readonly format: Intl.DateTimeFormat;
  private readonly offsets = new Map<number, number>();

  constructor(zone: string) {
    this.format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  }

  /** Start of the bucket that holds an instant, ms. */
  startOf(bucket: Exclude<Bucket, 'total'>, atMs: number): number {
    const localMs = this.floor(bucket, this.localMs(atMs));
    return bucket === 'hour' ? this.startOfHour(localMs, atMs) : this.first(bucket, localMs);
  }

  /** The clock on the wall, written as if it were UTC. */
  private localMs(atMs: number): number {
    return atMs + this.offsetMs(atMs);
  }

  private offsetMs(atMs: number): number {
    const quarterMs = Math.floor(atMs / QUARTER_MS) * QUARTER_MS;
    const known = this.offsets.get(quarterMs);
    if (known !== undefined) return known;
    const parts = this.format.formatToParts(quarterMs);
    const field = (type: Intl.DateTimeFormatPartTypes): number =>
      Number(parts.find((part) => part.type === type)?.value);
    const local = Date.UTC(
      field('year'),
      field('month') - 1,
      field('day'),
      field('hour'),
      field('minute'),
      field('second'),
    );
    if (this.offsets.size >= CACHED_MAX) this.offsets.clear();
    this.offsets.set(quarterMs, local - quarterMs);
    return local - quarterMs;
  }

  private floor(bucket: Exclude<Bucket, 'total'>, localMs: number): number {
    if (bucket === 'hour') return Math.floor(localMs / HOUR_MS) * HOUR_MS;
    if (bucket === 'day') return Math.floor(localMs / DAY_MS) * DAY_MS;
    const date = new Date(localMs);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  }

  /** An hour that the clocks repeat is two buckets; one cut by a change begins at the change. */
  private startOfHour(localMs: number, atMs: number): number {
    const offsetMs = this.offsetMs(atMs);
    let startMs = localMs - offsetMs;
    while (startMs < atMs && this.offsetMs(startMs) !== offsetMs) startMs += QUARTER_MS;
    return startMs;
  }

  /** The first instant of a day or month; where clocks skip midnight, the first after it. */
  private first(bucket: 'day' | 'month', localMs: number): number {
    const nearMs = localMs - this.offsetMs(localMs - this.offsetMs(localMs));
    for (let atMs = nearMs - 3 * HOUR_MS; atMs <= nearMs + 3 * HOUR_MS; atMs += QUARTER_MS) {
      if (this.floor(bucket, this.localMs(atMs)) === localMs) return atMs;
    }
    return nearMs;
  }
}
