import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Catalogue, Meter, Plan, Price } from '../../../../billing/catalogue.js';
import { register } from '../../../../cli/commands/rate.js';
import { type CommandResult, runCommand } from '../runCommand.js';

/** `durabill rate` as somebody at a keyboard uses it: a file, options, what is printed. */

/** A line as the contract promises it, without its words. */
export type LineFigures = readonly [
  ref: string,
  quantity: number | string,
  unitAmountMinor: string,
  amountMinor: number,
  packages?: number,
];

interface PrintedLine {
  readonly ref: string;
  readonly meter?: string;
  readonly description: string;
  readonly quantity: number | string;
  readonly packages?: number;
  readonly unitAmountMinor: string;
  readonly amountMinor: number;
}

/** What `durabill rate --json` prints. */
export interface Printed {
  readonly currency: string;
  readonly lines: readonly PrintedLine[];
  readonly subtotalMinor: number;
}

const WORKED: Meter = { name: 'Units', unit: 'unit', aggregation: 'sum' };
const CREDITS: Meter = {
  name: 'Credits',
  unit: 'credit',
  aggregation: 'sum',
  rates: [{ meter: 'm', creditsPerUnit: '0.001' }],
};

/** A plan `p` that prices the reported meter `m`, or `credits`. */
export function onePrice(price: Price, meter = 'm', more: Partial<Plan> = {}): Catalogue {
  const plan: Plan = { name: 'P', interval: 'month', prices: { [meter]: price }, ...more };
  return { currency: 'usd', meters: { m: WORKED, credits: CREDITS }, plans: { p: plan } };
}

/** Runs the command on catalogues written to a folder of their own. */
export class RateCommand {
  private folder = '';

  async open(): Promise<void> {
    this.folder = await mkdtemp(join(tmpdir(), 'durabill-rate-'));
  }

  async close(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  /** The command's end; `usage` is the text as typed. */
  async run(catalogue: unknown, usage: string, ...more: string[]): Promise<CommandResult> {
    const path = join(this.folder, 'catalogue.json');
    await writeFile(path, JSON.stringify(catalogue));
    const options = ['--catalogue', path, '--plan', 'p', '--usage', usage, ...more];
    return runCommand(register, ['rate', ...options]);
  }

  /** What it prints with `--json`. @throws Error when it does not end with 0. */
  async printed(catalogue: unknown, usage: string): Promise<Printed> {
    const { exitCode, stdout, stderr } = await this.run(catalogue, usage, '--json');
    if (exitCode !== 0) throw new Error(`exit ${exitCode}: ${stderr}`);
    return JSON.parse(stdout) as Printed;
  }
}

/** The figures of a line, its `packages` only where it has some. */
export function figuresOf(line: PrintedLine): LineFigures {
  const { ref, quantity, unitAmountMinor, amountMinor, packages } = line;
  return packages === undefined
    ? [ref, quantity, unitAmountMinor, amountMinor]
    : [ref, quantity, unitAmountMinor, amountMinor, packages];
}
