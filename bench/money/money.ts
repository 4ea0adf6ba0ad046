import { measureBusy, type BusyFigures } from './busy.js';
import { measureClose, type CloseFigures } from './close.js';
import { startSite, type Site } from './site.js';

/** The money path, measured on the real stack: usage to Stripe, and many closes at once. */

/** What the benchmark came to. */
export interface MoneyFigures {
  readonly busy: readonly BusyFigures[];
  readonly close: CloseFigures | null;
  /** Every sum or invoice that is wrong; empty: nothing lost, nothing twice. */
  readonly faults: readonly string[];
}

/** What is measured, and of how many customers. */
export interface MoneyOrder {
  readonly customers: number;
  /** `busy`, `close`; empty: both. */
  readonly only: readonly string[];
  readonly say: (line: string) => void;
}

/** Each part has a stack of its own. */
async function onSite<Answer>(
  say: (line: string) => void,
  measure: (site: Site) => Promise<Answer>,
): Promise<Answer> {
  const site = await startSite(say);
  try {
    return await measure(site);
  } finally {
    await site.stop();
  }
}

/** Measures both parts, or one. */
export async function measureMoney({ customers, only, say }: MoneyOrder): Promise<MoneyFigures> {
  const wants = (part: string): boolean => only.length === 0 || only.includes(part);
  const busy = wants('busy') ? await onSite(say, measureBusy) : null;
  const close = wants('close') ? await onSite(say, (site) => measureClose(site, customers)) : null;
  const faults = [...(busy?.faults ?? []), ...(close?.faults ?? [])];
  return { busy: busy?.figures ?? [], close: close?.figures ?? null, faults };
}
