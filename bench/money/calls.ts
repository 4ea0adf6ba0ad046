/** Requests that the sandbox has answered, by kind. */

/** As `GET /_sandbox/calls` answers; kinds such as `POST /v1/invoices/:id/pay`. */
export type CallCounts = Readonly<
  Record<string, { readonly calls: number; readonly failed: number }>
>;

/** Longest wait for the sandbox. */
const ANSWER_MS_MAX = 20_000;

/** What a path of the sandbox's panel shows. @throws Error for anything but a good answer. */
export async function sandboxShows<Shown>(stripe: string, name: string): Promise<Shown> {
  const signal = AbortSignal.timeout(ANSWER_MS_MAX);
  const answer = await fetch(`${stripe}/_sandbox/${name}`, { signal });
  if (!answer.ok) throw new Error(`the sandbox answered ${answer.status}`);
  return (await answer.json()) as Shown;
}

/** All calls until now. */
export function callsUntilNow(stripe: string): Promise<CallCounts> {
  return sandboxShows<CallCounts>(stripe, 'calls');
}

/** What was called between two looks. */
export function callsBetween(before: CallCounts, after: CallCounts): CallCounts {
  const kinds = Object.entries(after).map(([kind, { calls, failed }]) => {
    const earlier = before[kind] ?? { calls: 0, failed: 0 };
    return [kind, { calls: calls - earlier.calls, failed: failed - earlier.failed }] as const;
  });
  return Object.fromEntries(kinds.filter(([, { calls }]) => calls > 0));
}

/** Calls of test clocks are made in test mode alone. */
export function isOfTestClock(kind: string): boolean {
  return kind.includes('/test_helpers/');
}

/** Sum of the calls whose kind fits. */
export function callsOf(counts: CallCounts, fits: (kind: string) => boolean): number {
  const fitting = Object.entries(counts).filter(([kind]) => fits(kind));
  return fitting.reduce((sum, [, { calls }]) => sum + calls, 0);
}
