import type { CustomerState, Segment } from '../../state.js';
import type { DueReport } from './reporting.js';
import { reportsOf } from './reporting.js';
import { linkOf } from '../periods/segments.js';

/**
 * Reports whose sums have changed without a step of the state: Stripe can take a report and refuse
 * it minutes later (docs.stripe.com/billing/subscriptions/usage-based/recording-usage, error
 * reports). The sums are read anew by the money lane, so that two readings never overtake.
 */

/** One meter's reports of one segment. */
export interface ReportName {
  readonly segment: number;
  readonly meter: string;
}

/** The state that wants these sums read anew; what it does not know it leaves out. */
export function wantRecount(
  state: CustomerState,
  reports: readonly ReportName[],
): CustomerState {
  const segments = state.segments.map((segment) => {
    const named = reports.filter((report) => report.segment === segment.index);
    const known = named.filter(({ meter }) => Object.hasOwn(segment.reports, meter));
    if (known.length === 0) return segment;
    const wanted = known.map(({ meter }) => [meter, recountOf(segment, meter) + 1] as const);
    return { ...segment, recount: { ...segment.recount, ...Object.fromEntries(wanted) } };
  });
  const changed = segments.some((segment, index) => segment !== state.segments[index]);
  return changed ? { ...state, segments } : state;
}

/** How often a recount of a meter is wanted; 0: it is not. */
export function recountOf({ recount }: Segment, meter: string): number {
  return recount && Object.hasOwn(recount, meter) ? (recount[meter] ?? 0) : 0;
}

/** Reports to be read anew: at once, up to what was sent already, so that nothing more is. */
export function dueRecounts(state: CustomerState): DueReport[] {
  return state.segments.flatMap((segment) => {
    if (!segment.stripe || !linkOf(state, segment)) return [];
    return Object.keys(segment.recount ?? {}).map((meter) => {
      return { segment, meter, target: reportsOf(segment, meter).intended, atMs: 0 };
    });
  });
}

/**
 * What is still to be read anew once the sums of `meter` were read. `seen`: how often that was
 * wanted when the reading began; wanted again since, the sums may be older than that.
 */
export function recounted(
  segment: Segment,
  meter: string,
  seen: number,
): Pick<Segment, 'recount'> {
  if (seen === 0 || recountOf(segment, meter) !== seen) return {};
  const { [meter]: _read, ...left } = segment.recount ?? {};
  return { recount: left };
}
