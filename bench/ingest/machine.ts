import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../cli/tsxProgram.js';
import { type ComputerShape, computerShape } from '../computer.js';

/** What a figure depends on; no name of the machine, no path on it. */
export interface MachineShape extends ComputerShape {
  /** Server that the ledger ran on, such as `secantusd-rs`. */
  readonly ledger: string;
  readonly temporal: string;
}

/** The shape of this machine, and the servers that `durabill doctor` says would be used. */
export function machineShape(): MachineShape {
  return { ...computerShape(), ...serversInUse() };
}

function serversInUse(): { readonly ledger: string; readonly temporal: string } {
  const command = join(PACKAGE_FOLDER, 'cli', 'durabill.mjs');
  const text = execFileSync(process.execPath, [command, 'doctor', '--json'], {
    encoding: 'utf8',
    timeout: 60_000,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const answer = JSON.parse(text) as Record<'ledger' | 'temporal', { readonly uses: string }>;
  return { ledger: answer.ledger.uses, temporal: answer.temporal.uses };
}

/** Ticks of /proc a second (man 5 proc); 100 wherever Node runs on Linux. */
const TICKS_PER_SECOND = 100;

/** CPU time of a process so far, ms; null where it can't be read. */
export function cpuMsOf(pid: number | null): number | null {
  if (pid === null || process.platform !== 'linux') return null;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS_PER_SECOND;
  } catch {
    return null;
  }
}
