import type { Command } from 'commander';
import { formatMinor, groupDigits } from '../../billing/money.js';
import { type PriceRow, PRICED_QUANTITIES, priceTable } from '../../billing/rating/priceTable.js';
import { catalogueJsonSchema } from '../../catalogue/schema.js';
import { printJson, readCatalogue } from '../catalogueFile.js';
import { figuresTable } from '../figuresTable.js';
import { registerPublishing } from './plansPublishing.js';

/** Adds `durabill plans`: what can be said of a catalogue without a server, and publishing it. */
export function register(program: Command): void {
  const plans = program.command('plans').description('check and publish plans as code');
  plans
    .command('check')
    .description('every fault with its path and value, at once; else each price in currency')
    .argument('<file>', 'catalogue: .json, .ts or .js')
    .option('--json', 'print {currency, prices} or {faults}')
    .action(check);
  plans
    .command('schema')
    .description('the JSON Schema of a catalogue, for editors ("$schema")')
    .action(() => printJson(catalogueJsonSchema()));
  registerPublishing(plans);
}

async function check(file: string, options: { readonly json?: true }): Promise<void> {
  const json = options.json === true;
  const catalogue = await readCatalogue(file, json);
  const rows = priceTable(catalogue);
  if (json) printJson({ currency: catalogue.currency, prices: rows });
  else process.stdout.write(`${text(rows, catalogue.currency)}\n${file}: no fault\n`);
}

function text(rows: readonly PriceRow[], currency: string): string {
  const quantities = PRICED_QUANTITIES.map((units) => `per ${groupDigits(units)}`);
  const cells = rows.map((row) => {
    const amounts = row.amountsMinor.map((amount) =>
      amount === null ? '' : formatMinor(amount, currency),
    );
    return [row.plan, row.price, row.units, ...amounts];
  });
  return figuresTable(['plan', 'price', 'units', ...quantities], 3, cells);
}
