/** One call of a trace: what a production AI service metered. */
export interface TraceCall {
  /** Line of the file, from 2: the first one names the columns. It makes the event's id. */
  readonly line: number;
  readonly atMs: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A trace that can't be read; the message names every faulty line, up to ten. */
export class TraceFaulty extends Error {
  override readonly name = 'TraceFaulty';
}

const COLUMNS = ['TIMESTAMP', 'ContextTokens', 'GeneratedTokens'];
const TIME = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:\+00:00)?$/;
const FAULTS_SHOWN = 10;

/** `2023-11-16 18:17:03.9799600`, UTC; what is below a millisecond is cut off. */
function timeOf(text: string): number {
  const [, day, time, fraction = ''] = TIME.exec(text) ?? [];
  // Date.parse guesses at what it does not know.
  if (day === undefined) return Number.NaN;
  return Date.parse(`${day}T${time}.${fraction.slice(0, 3).padEnd(3, '0')}Z`);
}

function tokensOf(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}

/**
 * Reads a trace of the Azure LLM inference shape (Azure/AzurePublicDataset): three columns by
 * name, in any order, one call a line, in order of time.
 * @throws TraceFaulty when columns are missing, a line can't be read, or there is no call.
 */
export function parseTrace(text: string): TraceCall[] {
  const [head = '', ...rows] = text.trimEnd().split(/\r?\n/);
  const names = head.replace(/^\uFEFF/, '').split(',');
  const missing = COLUMNS.filter((name) => !names.includes(name));
  if (missing.length > 0) throw new TraceFaulty(`line 1: no column ${missing.join(', ')}`);
  const [time = 0, input = 0, output = 0] = COLUMNS.map((name) => names.indexOf(name));
  const calls = rows.map((row, index) => {
    const cells = row.split(',');
    return {
      line: index + 2,
      atMs: timeOf(cells[time] ?? ''),
      inputTokens: tokensOf(cells[input] ?? ''),
      outputTokens: tokensOf(cells[output] ?? ''),
    };
  });
  refuseFaults(calls, rows);
  return calls;
}

function refuseFaults(calls: readonly TraceCall[], rows: readonly string[]): void {
  const unread = calls.filter(({ atMs, inputTokens, outputTokens }) => {
    return [atMs, inputTokens, outputTokens].some(Number.isNaN);
  });
  const faults = unread
    .slice(0, FAULTS_SHOWN)
    .map(({ line }) => `line ${line}: ${rows[line - 2]?.slice(0, 80)}`);
  if (calls.length === 0) faults.push('there is no call');
  const back = calls.find(({ atMs }, index) => atMs < (calls[index - 1]?.atMs ?? atMs));
  if (back) faults.push(`line ${back.line}: earlier than the line before`);
  if (faults.length > 0) throw new TraceFaulty(`the trace can't be read:\n${faults.join('\n')}`);
}
