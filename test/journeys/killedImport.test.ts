import type { StackProcess } from '../../cli/runningStack.js';
import type { ApiRequest } from '../../dev/demo/durabillApi.js';
import { type Bill, ImportJourney } from './importJourney.js';

const START_MS_MAX = 120_000;
const IMPORT_MS_MAX = 180_000;

/** Runs that the kills may take: one dies of each, one goes on. */
const RUNS_MAX = 4;

/** Where in the import a process is killed, while the answer to this request is on its way. */
const MOMENTS: readonly ((request: ApiRequest, count: number) => boolean)[] = [
  // Events are sent,
  ({ path }, count) => path === '/v1/events' && count === 9,
  // and then a month is closed.
  ({ body }) => (body as { to?: string } | undefined)?.to === 'periodEnd',
];

const VICTIMS: readonly StackProcess[] = ['api', 'worker', 'ledger', 'temporal'];

describe('an import in whose middle a process is killed -9, and that is then sent again', () => {
  let journey: ImportJourney;
  let calm: Bill;

  beforeAll(async () => {
    journey = await ImportJourney.begin();
    expect(await journey.run('calm')).toBe(ImportJourney.eventCount);
    calm = await journey.bill('calm');
  }, START_MS_MAX);

  afterAll(() => journey?.stack.stop(), START_MS_MAX);

  it('is compared with an import that nothing disturbed: four invoices, all paid', () => {
    expect(calm.invoices.map(({ reason, status }) => `${reason} ${status}`)).toEqual([
      'start paid',
      'cycle paid',
      'cycle paid',
      'cycle paid',
    ]);
    expect(calm.atStripe).toHaveLength(4);
  });

  it.each(VICTIMS)(
    'bills the same to the line: %s, while events are sent and while a month is closed',
    async (victim) => {
      await runAndKill(victim);
      await journey.run(victim);
      expect(await journey.bill(victim)).toEqual(calm);
    },
    IMPORT_MS_MAX,
  );

  /** Imports, again where one dies with the process, until every moment has come. */
  async function runAndKill(victim: StackProcess): Promise<void> {
    const left = [...MOMENTS];
    let isDown = false;
    for (let runs = 0; left.length > 0 && runs < RUNS_MAX; runs += 1) {
      const counts = new Map<string, number>();
      const restarts: Promise<void>[] = [];
      const kill = (request: ApiRequest): void => {
        const kind = JSON.stringify([request.path, Object.keys(request.body ?? {})]);
        const count = (counts.get(kind) ?? 0) + 1;
        counts.set(kind, count);
        if (isDown || !left[0]?.(request, count)) return;
        left.shift();
        isDown = true;
        restarts.push(journey.stack.kill(victim).finally(() => (isDown = false)));
      };
      await journey.run(victim, kill, 0).catch((error: unknown) => {
        // The import may have died with it; the next one goes on.
        expect(error).toBeInstanceOf(Error);
      });
      await Promise.all(restarts);
    }
    expect(left).toHaveLength(0);
  }
});
