import { format } from 'node:util';

/** One test, as a file defined it. */
export interface CollectedTest {
  /** Differs from that of every other test of the suite; the same in every run. */
  readonly id: string;
  readonly file: string;
  /** Runs its hooks and the test itself. @throws what the test throws. */
  run(): Promise<void>;
}

type Step = () => unknown;
type RowStep = (...row: never[]) => unknown;
type Define<S> = (name: string, body: S) => void;
type Each = (rows: readonly unknown[]) => Define<RowStep>;
type Hook = 'beforeAll' | 'beforeEach' | 'afterEach';

interface Block {
  readonly name: string;
  readonly outer: Block | undefined;
  readonly hooks: Readonly<Record<Hook, Step[]>>;
  begun: boolean;
}

function block(name: string, outer: Block | undefined): Block {
  return { name, outer, hooks: { beforeAll: [], beforeEach: [], afterEach: [] }, begun: false };
}

/** From the outermost to the block itself. */
function chainOf(inner: Block): Block[] {
  const chain: Block[] = [];
  for (let at: Block | undefined = inner; at; at = at.outer) chain.unshift(at);
  return chain;
}

async function runHooks(chain: readonly Block[], hook: Hook): Promise<void> {
  for (const { hooks } of chain) {
    for (const step of hooks[hook]) await step();
  }
}

async function runTest(inner: Block, body: Step): Promise<void> {
  const chain = chainOf(inner);
  const begun = chain.filter((at) => !at.begun);
  for (const at of begun) at.begun = true;
  await runHooks(begun, 'beforeAll');
  await runHooks(chain, 'beforeEach');
  await body();
  await runHooks(chain.toReversed(), 'afterEach');
}

function withEach(define: Define<Step>): Define<Step> & { readonly each: Each } {
  const each: Each = (rows) => {
    if ('raw' in rows) throw new Error('tables written as templates are not known here');
    return (name, body) => {
      for (const row of rows) {
        const values: readonly unknown[] = Array.isArray(row) ? row : [row];
        const titled = name.includes('%') ? format(name, ...values) : name;
        define(titled, () => body(...(values as never[])));
      }
    };
  };
  return Object.assign(define, { each });
}

/** The tests that files define with `describe`, `it`, `test`, their `each` and their hooks. */
export class Suite {
  readonly #tests = new Map<string, CollectedTest>();
  #file = '';
  #inner = block('', undefined);

  /** Runs a file that defines tests. @throws what the file throws. */
  collect(file: string, load: () => unknown): void {
    this.#file = file;
    this.#inner = block(file, undefined);
    Object.assign(globalThis, this.#words());
    load();
  }

  /** Every test collected, in the order of definition. */
  tests(): CollectedTest[] {
    return [...this.#tests.values()];
  }

  /** @throws RangeError when no file collected has that test. */
  test(id: string): CollectedTest {
    const test = this.#tests.get(id);
    if (!test) throw new RangeError(`no test is called ${id}`);
    return test;
  }

  #words(): Readonly<Record<string, unknown>> {
    const it = withEach((name, body) => this.#add(name, body));
    const describe = withEach((name, body) => {
      const outer = this.#inner;
      this.#inner = block(name, outer);
      body();
      this.#inner = outer;
    });
    const hook = (name: Hook) => (step: Step) => void this.#inner.hooks[name].push(step);
    return {
      describe,
      it,
      test: it,
      beforeAll: hook('beforeAll'),
      beforeEach: hook('beforeEach'),
      afterEach: hook('afterEach'),
    };
  }

  #add(name: string, body: Step): void {
    const inner = this.#inner;
    const title = [...chainOf(inner).map((at) => at.name), name].join(' > ');
    // Rows of a table often share a title.
    let id = title;
    for (let copy = 2; this.#tests.has(id); copy += 1) id = `${title} (${copy})`;
    this.#tests.set(id, { id, file: this.#file, run: () => runTest(inner, body) });
  }
}
