import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { PACKAGE_FOLDER } from '../../cli/tsxProgram.js';

/** What a figure depends on; no name of the machine, no path on it. */
export interface MachineShape {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  /** Processes that wanted a core in the minute before: above 0.5, others share the machine. */
  readonly loadBefore: number;
  /** Server that the ledger ran on, such as `secantusd-rs`. */
  readonly ledger: string;
  readonly temporal: string;
}

/** The shape of this machine, and the servers that `durabill doctor` says would be used. */
export function machineShape(): MachineShape {
  const processors = cpus();
  return {
    cores: processors.length,
    processor: processors[0]?.model ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
    ...serversInUse(),
  };
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
