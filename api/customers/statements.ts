import type { CustomerKey } from '../../billing/log.js';
import type { LogReader } from '../../ledger/contract.js';
import { Problem, unavailable } from '../errors/problem.js';
import type { Standings } from '../reading/standings.js';
import { Statement } from './statement.js';

/** Credit statements that this process has read; the next read goes on where one ended. */

const PAGE_GROUPS = 200;

/** Groups that one request folds at most; the next one goes on from there. */
const PAGES_MAX = 500;

/** Statements kept, and entries in all of them: about 100 MB. */
const STATEMENTS_MAX = 64;
const ENTRIES_MAX = 300_000;

/** What statements are read from. */
export interface StatementSources {
  readonly log: LogReader;
  readonly standings: Standings;
}

/** Reads statements: one fold at a time for each customer. */
export class Statements {
  private readonly known = new Map<string, Promise<Statement>>();
  private readonly sizes = new Map<string, number>();

  constructor(private readonly sources: StatementSources) {}

  /**
   * The statement with everything durable; periods have begun by `nowMs` (customer's time).
   * @throws Problem `unavailable` where the log is too long for one request: ask again.
   */
  async read(key: CustomerKey, nowMs: number): Promise<Statement> {
    const name = `${key.mode}/${key.customer}#${key.life}`;
    const before = this.known.get(name) ?? Promise.resolve(new Statement(key));
    // A failed read leaves the statement whole: what it took, it took group by group.
    const settled = before.then((statement) => this.folded(statement, key));
    const kept = settled.then(({ statement }) => statement);
    this.known.delete(name);
    this.known.set(name, kept);
    const { statement, failure } = await settled;
    this.sizes.set(name, statement.entries.length);
    this.forgetOldest();
    if (failure) throw failure;
    statement.pass(nowMs);
    return statement;
  }

  private async folded(
    statement: Statement,
    key: CustomerKey,
  ): Promise<{ readonly statement: Statement; readonly failure: Error | null }> {
    try {
      await this.catchUp(statement, key);
      return { statement, failure: null };
    } catch (error) {
      const failure = error instanceof Error ? error : new Error(String(error));
      return { statement, failure };
    }
  }

  private async catchUp(statement: Statement, key: CustomerKey): Promise<void> {
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const from = statement.folded.mark + 1;
      const groups = await this.sources.log.groups(key, from, PAGE_GROUPS);
      for (const group of groups) {
        statement.take(group, await this.sources.standings.stretchOf(statement.folded, group));
      }
      const { halted } = statement.folded;
      if (halted) throw new Problem('internal_error', `${key.customer}: ${halted}`);
      if (groups.length < PAGE_GROUPS) return;
    }
    throw unavailable(`The statement of ${key.customer} is being read.`, undefined, 1);
  }

  private forgetOldest(): void {
    const total = (): number => [...this.sizes.values()].reduce((sum, size) => sum + size, 0);
    while (this.known.size > 1 && (this.known.size > STATEMENTS_MAX || total() > ENTRIES_MAX)) {
      const oldest = this.known.keys().next();
      if (oldest.done) return;
      this.known.delete(oldest.value);
      this.sizes.delete(oldest.value);
    }
  }
}
