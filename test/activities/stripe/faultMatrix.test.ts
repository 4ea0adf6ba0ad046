import Table from 'cli-table3';
import { ErrorReports } from './faultMatrix/errorReports.js';
import { FAULTS } from './faultMatrix/faults.js';
import type { Fault, Stage } from './faultMatrix/staging.js';
import { WRITES, type Write, type WriteName } from './faultMatrix/writes.js';
import { startWorld, type World } from './world.js';

/**
 * Every fault at every write to Stripe: whatever becomes of a request or of the worker that sends
 * it, in the end it stands at Stripe once, or is refused and shown as such, and the identity of
 * every report holds. The table of outcomes is printed.
 */

jest.setTimeout(300_000);

let world: World;
beforeAll(async () => {
  world = await startWorld();
}, 60_000);
afterAll(() => world?.stop());

const COLUMNS = Object.keys(WRITES) as WriteName[];

/** What stands in the end: the word for it where it is as it should be. */
async function outcomeOf(fault: Fault, column: WriteName, write: Write): Promise<string> {
  const end = fault.ends?.(column) ?? 'once';
  const seen = JSON.stringify(await write.seen());
  const expected = end === 'once' ? write.once : leftBy(fault, write);
  return seen === JSON.stringify(expected) ? end : seen;
}

function leftBy({ left }: Fault, { refused, report }: Write): object {
  return left && report ? { ...refused, ...left(report.stood) } : refused;
}

/** All writes of a row side by side: each is met by its own fault. */
async function outcomesOf(fault: Fault): Promise<string[]> {
  const stage: Stage = { world, reports: new ErrorReports(world) };
  const applies = (column: WriteName) => fault.ends?.(column) !== '-';
  const prepared = await Promise.all(
    COLUMNS.map(async (column) => (applies(column) ? WRITES[column](world) : null)),
  );
  await fault.enter?.(stage);
  try {
    await Promise.all(prepared.map(async (write) => write && fault.run(stage, write)));
  } finally {
    await fault.leave?.(stage);
  }
  expect([fault.name, await faultsLeft()]).toEqual([fault.name, []]);
  return Promise.all(
    COLUMNS.map(async (column, at) => {
      const write = prepared[at];
      return write ? outcomeOf(fault, column, write) : '-';
    }),
  );
}

/** Faults of the panel that met nothing: their cells would show nothing. */
async function faultsLeft(): Promise<unknown> {
  return (await fetch(`${world.sandbox.url}/_sandbox/faults`)).json();
}

test('whatever goes wrong, each write stands at Stripe once or is shown as refused', async () => {
  const table = new Table({ head: ['', ...COLUMNS], style: { head: [], border: [] } });
  const wrong: string[] = [];
  for (const fault of FAULTS) {
    const outcomes = await outcomesOf(fault);
    table.push([fault.name, ...outcomes]);
    COLUMNS.forEach((column, at) => {
      const end = fault.ends?.(column) ?? 'once';
      if (outcomes[at] !== end) wrong.push(`${fault.name}, ${column}: ${outcomes[at]}`);
    });
  }
  process.stderr.write(`${table.toString()}\n`);
  expect(wrong).toStrictEqual([]);
});
