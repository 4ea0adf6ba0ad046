import { cpus, loadavg, totalmem } from 'node:os';

/** What every figure depends on; no name of the machine, no path on it. */
export interface ComputerShape {
  readonly cores: number;
  readonly processor: string;
  readonly memoryGib: number;
  readonly system: string;
  readonly node: string;
  /** Processes that wanted a core in the minute before: above 0.5, others share the machine. */
  readonly loadBefore: number;
}

/** The shape of this machine, now. */
export function computerShape(): ComputerShape {
  const processors = cpus();
  return {
    cores: processors.length,
    processor: processors[0]?.model ?? 'unknown',
    memoryGib: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
    loadBefore: Math.round((loadavg()[0] ?? 0) * 100) / 100,
  };
}
