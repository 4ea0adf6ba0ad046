import type { DurabillApi } from '../../dev/demo/durabillApi.js';
import { NO_USE, type CustomerUse } from './workload.js';

interface UsageRow {
  readonly meter: string;
  readonly key: { readonly customer?: string | null };
  readonly quantity: number;
  readonly count: number;
}

/** Usage by customer in a span of time, as GET /v1/usage tells it. */
export async function recordedUse(
  api: DurabillApi,
  fromMs: number,
  toMs: number,
): Promise<Record<string, CustomerUse>> {
  const query = new URLSearchParams({
    from: new Date(fromMs).toISOString(),
    to: new Date(toMs).toISOString(),
    bucket: 'total',
    groupBy: 'customer',
  });
  const path = `/v1/usage?${query.toString()}`;
  const { data } = await api.call<{ readonly data: readonly UsageRow[] }>({ method: 'GET', path });
  const customers: Record<string, CustomerUse> = {};
  for (const { meter, key, quantity, count } of data) {
    const customer = key.customer ?? 'null';
    const known = customers[customer] ?? NO_USE;
    if (meter === 'input_tokens') {
      customers[customer] = { ...known, events: count, inputTokens: quantity };
    }
    if (meter === 'output_tokens') customers[customer] = { ...known, outputTokens: quantity };
  }
  return customers;
}

/** Every difference between what was sent and what stands, in words; at most ten. */
export function useDifferences(
  expected: Readonly<Record<string, CustomerUse>>,
  found: Readonly<Record<string, CustomerUse>>,
): string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(found)])].sort();
  return names
    .filter((name) => textOf(expected[name]) !== textOf(found[name]))
    .map((name) => `${name}: ${textOf(found[name])} stand, ${textOf(expected[name])} were sent`)
    .slice(0, 10);
}

function textOf({ events, inputTokens, outputTokens }: CustomerUse = NO_USE): string {
  return `${events} events of ${inputTokens} + ${outputTokens} tokens`;
}
