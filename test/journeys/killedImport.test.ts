import type { StackProcess } from '../../cli/runningStack.js';
import type { ApiRequest } from '../../dev/demo/durabillApi.js';
import { type Bill, ImportJourney } from './importJourney.js';

const START_MS_MAX = 120_000;
const IMPORT_MS_MAX = 180_000;

/** Where in the import a process is killed, while the answer to this request is on its way. */
const MOMENTS: Readonly<Record<string, (request: ApiRequest, count: number) => boolean>> = {
  'while events are sent': ({ path }, count) => path === '/v1/events' && count === 9,
  'while a month is closed': ({ body }, count) =>
    (body as { to?: string } | undefined)?.to === 'periodEnd' && count === 2,
};

const VICTIMS: readonly StackProcess[] = ['api', 'worker', 'ledger', 'temporal'];

const CASES = VICTIMS.flatMap((victim) => Object.keys(MOMENTS).map((moment) => [victim, moment]));

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

  it.each(CASES)(
    'bills the same to the line: %s, %s',
    async (victim, moment) => {
      const name = `${victim}-${moment.split(' ').at(-1)}`;
      await runAndKill(name, victim as StackProcess, moment);
      await journey.run(name);
      expect(await journey.bill(name)).toEqual(calm);
    },
    IMPORT_MS_MAX,
  );

  /** The first import: the process dies in its middle, and so may the import. */
  async function runAndKill(name: string, victim: StackProcess, moment: string): Promise<void> {
    const counts = new Map<string, number>();
    let restarted: Promise<void> | undefined;
    const kill = (request: ApiRequest): void => {
      const kind = JSON.stringify([request.path, Object.keys(request.body ?? {})]);
      const count = (counts.get(kind) ?? 0) + 1;
      counts.set(kind, count);
      if (!restarted && MOMENTS[moment]?.(request, count)) restarted = journey.stack.kill(victim);
    };
    await journey.run(name, kill, 0).catch((error: unknown) => {
      // The import may have died with it; the next one goes on.
      expect(error).toBeInstanceOf(Error);
    });
    if (!restarted) throw new Error('the import ended before its middle');
    await restarted;
  }
});
