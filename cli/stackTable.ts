import Table from 'cli-table3';
import type { RunningStack } from './runningStack.js';

/** The addresses of a running stack as one table, with the next command to try. */
export function stackTable(stack: RunningStack): string {
  const { pids } = stack;
  const table = new Table({
    head: ['', 'address', 'process'],
    colAligns: ['left', 'left', 'right'],
    style: { head: [], border: [] },
    // One line a row: the whole stack fits a small terminal.
    chars: { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '' },
  });
  const process = (pid: number | null): string => (pid === null ? '' : String(pid));
  table.push(
    ['API', stack.api, process(pids.api)],
    ['docs', `${stack.api}/docs`, ''],
    ['worker', '', process(pids.worker)],
    ['Temporal', stack.temporal, process(pids.temporal)],
    ['Temporal Web UI', stack.temporalUi ?? 'not ours', ''],
    ['ledger', stack.mongodb.replace(/\/\/[^@/]*@/, '//'), process(pids.ledger)],
    ['Stripe sandbox', stack.stripe, process(pids.stripe)],
    ['test key', stack.key, ''],
    ['next', 'npx durabill try', ''],
  );
  return table.toString();
}
