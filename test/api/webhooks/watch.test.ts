import pino from 'pino';
import { Metrics } from '../../../api/operation/metrics.js';
import { watchWebhooks } from '../../../api/webhooks/watch.js';

/** Refused webhooks are heard of: a wrong secret shows before Stripe gives the endpoint up. */

function watching() {
  const lines: Record<string, unknown>[] = [];
  const write = (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>);
  const metrics = new Metrics({ untold: () => 0 });
  const watch = watchWebhooks(metrics, pino({ level: 'debug' }, { write }));
  const figures = async () => {
    const all = (await metrics.registry.metrics()).split('\n');
    return all.filter((line) => line.startsWith('durabill_stripe_webhooks_total{'));
  };
  return { lines, watch, figures };
}

const WARN = 40;

test('a refused one is warned of with the reason and the request, and counted', async () => {
  const { lines, watch, figures } = watching();
  watch.refused('forged', 'req_1');
  watch.refused('forged', 'req_2');
  expect(lines).toMatchObject([
    { level: WARN, reason: 'forged', requestId: 'req_1' },
    { level: WARN, reason: 'forged', requestId: 'req_2' },
  ]);
  expect(await figures()).toEqual([
    'durabill_stripe_webhooks_total{outcome="refused",reason="forged"} 2',
  ]);
});

test('a taken one is counted by what became of it, and says so when asked in detail', async () => {
  const { lines, watch, figures } = watching();
  watch.taken({ id: 'evt_1', type: 'invoice.paid', mode: 'test' }, 'handed');
  expect(lines).toMatchObject([{ event: 'evt_1', outcome: 'handed' }]);
  expect(lines[0]?.['level']).toBeLessThan(WARN);
  expect(await figures()).toEqual(['durabill_stripe_webhooks_total{outcome="handed",reason=""} 1']);
});
