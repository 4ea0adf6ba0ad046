import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { stripeClient } from '../../activities/stripe/client.js';
import type { PlanSnapshot } from '../../billing/catalogue.js';
import { groupDigits } from '../../billing/money.js';
import { mergePublication } from '../../billing/publication.js';
import { readCatalogue } from '../../cli/catalogueFile.js';
import { CommandFailed } from '../../cli/commandFailed.js';
import { PACKAGE_FOLDER } from '../../cli/tsxProgram.js';
import { liveYear, type CustomerPlan, type CustomerYear, type YearStage } from './customerYear.js';
import { dealCalls, DEMO_CUSTOMERS, type DemoCustomer } from './dealing.js';
import { DurabillApi } from './durabillApi.js';
import { closingLines, invoiceTable, reportOf } from './report.js';
import { findOrStartStack, NoStack, type DemoStack } from './stackAccess.js';
import { parseTrace, TraceFaulty, type TraceCall } from './trace.js';
import { monthsOf } from './year.js';

const OWN_TRACE = join(PACKAGE_FOLDER, 'dev/demo/data/azure-llm-trace-code-2023.csv');

/** How long one request is repeated while a process of the stack is being restarted. */
const PATIENCE_MS = 30_000;

const HELP = `npm run demo [-- --json | --trace FILE]

A year of an AI product, billed in seconds: real calls of a trace, three customers, twelve months,
every invoice checked to the cent. Works on the running stack, or starts one for this run.
  --trace FILE  another trace: columns TIMESTAMP, ContextTokens, GeneratedTokens
  --json        print the result as JSON
Exit code: 0 everything agrees, 1 something differs, 2 wrong use or missing server.
`;

interface Options {
  readonly json: boolean;
  readonly trace: string;
}

/** Another trace gets ids of its own, so that several live on one stack. */
function prefixOf(trace: string, text: string): string {
  if (trace === OWN_TRACE) return '';
  return `${createHash('sha256').update(text).digest('hex').slice(0, 8)}-`;
}

async function demoPlans(): Promise<(id: string) => PlanSnapshot> {
  const catalogue = await readCatalogue(join(PACKAGE_FOLDER, 'durabill.catalogue.json'), false);
  const publication = mergePublication(null, catalogue, 'test');
  if ('conflicts' in publication) throw new Error('a first publication has no conflicts');
  const { snapshots, newest } = publication.published;
  return (id) => {
    const snapshot = snapshots[`${id}@${newest[id]}`];
    if (snapshot) return snapshot;
    throw new CommandFailed(`durabill.catalogue.json has no plan ${id}, which the demo needs`, 2);
  };
}

/** All customers at once, as they would come. */
async function liveAll(
  stage: YearStage,
  calls: readonly TraceCall[],
  prefix: string,
): Promise<CustomerYear[]> {
  const dealt = dealCalls(calls);
  const planOf = await demoPlans();
  const planned = DEMO_CUSTOMERS.map(({ id, name, plan }: DemoCustomer): CustomerPlan => {
    const months = monthsOf(id, dealt, prefix);
    return { id: `${prefix}${id}`, name, plan: planOf(plan), months };
  });
  for (const { id, name, plan, months } of planned) {
    const count = months.reduce((sum, { events }) => sum + events.length, 0);
    stage.say(`  ${id.padEnd(12)} "${name}", plan ${plan.id}: ${groupDigits(count)} calls`);
  }
  stage.say('Twelve months:');
  return Promise.all(planned.map((customer) => liveYear(stage, customer)));
}

/** Runs the demo on a stack. @returns true when everything agrees. */
async function runDemo(demoStack: DemoStack, options: Options): Promise<boolean> {
  const { stack, stripeSecretKey, fresh } = demoStack;
  const beganMs = Date.now();
  const story = options.json ? process.stderr : process.stdout;
  const say = (line: string) => void story.write(`${line}\n`);
  const text = readFileSync(options.trace, 'utf8');
  const calls = parseTrace(text);
  say(`Stack: ${stack.api}${fresh ? ', started for this demo' : ', already running'}`);
  say(`Trace: ${groupDigits(calls.length)} real calls of a production AI service. Customers:`);
  const api = new DurabillApi({ url: stack.api, key: stack.key, patienceMs: PATIENCE_MS });
  const stripe = stripeClient({ secretKey: stripeSecretKey, apiBase: stack.stripe });
  const years = await liveAll({ api, stripe, say }, calls, prefixOf(options.trace, text));
  const report = reportOf(calls, years, Math.round((Date.now() - beganMs) / 1000));
  if (options.json) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else {
    say(invoiceTable(years, 'usd'));
    for (const line of closingLines(report, 'usd')) say(line);
  }
  return report.disagreements.length === 0;
}

/** @throws CommandFailed 2 for an option that there is not. */
function givenOptions() {
  const options = { json: { type: 'boolean' }, help: { type: 'boolean' } } as const;
  try {
    return parseArgs({ options: { ...options, trace: { type: 'string' } } }).values;
  } catch (error) {
    throw new CommandFailed(`${String(error)}\n\n${HELP}`, 2);
  }
}

async function main(): Promise<void> {
  const values = givenOptions();
  if (values.help) return void process.stdout.write(HELP);
  const demoStack = await findOrStartStack();
  const interrupted = () => void demoStack.stop().finally(() => process.exit(130));
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupted);
  try {
    const options = { json: values.json ?? false, trace: values.trace ?? OWN_TRACE };
    process.exitCode = (await runDemo(demoStack, options)) ? 0 : 1;
  } finally {
    await demoStack.stop();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupted);
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof CommandFailed || error instanceof NoStack) process.exitCode = error.exitCode;
  else process.exitCode = error instanceof TraceFaulty ? 2 : 1;
});
