import asyncHooks, { AsyncLocalStorage } from 'node:async_hooks';
import { constants, createContext } from 'node:vm';
import { ModernFakeTimers } from '@jest/fake-timers';
import { TestEnvironment } from 'jest-environment-node';

type Globals = InstanceType<typeof TestEnvironment>['global'];

/**
 * Which test runs now, for jest-circus; tests of a file run one after another. Its own
 * `AsyncLocalStorage` would follow every promise of the process, beside those of all files that
 * the process has run: up to Node 22 an `await` takes 8 times as long behind one of them, and
 * 100 times as long behind forty.
 */
class TestContext<Store> {
  #store: Store | undefined;

  getStore(): Store | undefined {
    return this.#store;
  }

  run<Answer>(store: Store, work: () => Promise<Answer>): Promise<Answer> {
    const outer = this.#store;
    this.#store = store;
    return work().finally(() => {
      this.#store = outer;
    });
  }
}

const made: AsyncLocalStorage<unknown>[] = [];

/** Node's own, remembered: what a file has made ends with it. */
class FileStorage<Store> extends AsyncLocalStorage<Store> {
  constructor() {
    super();
    made.push(this);
  }
}

/** What a module finds as `AsyncLocalStorage` from here on. */
function offer(storage: typeof AsyncLocalStorage | typeof TestContext): void {
  Object.assign(asyncHooks, { AsyncLocalStorage: storage });
}

/**
 * Jest's own environment for Node, with globals that are properties of a real global object.
 * Behind Jest's every read of `Math` or `Object` asks an interceptor, which takes a third of the
 * time of a campaign.
 */
export default class PlainGlobals extends TestEnvironment {
  constructor(...given: ConstructorParameters<typeof TestEnvironment>) {
    super(...given);
    const plain = createContext(constants.DONT_CONTEXTIFY) as Globals;
    const guarded = this.global;
    for (const name of Reflect.ownKeys(guarded)) {
      const property = Reflect.getOwnPropertyDescriptor(guarded, name);
      if (property && !Object.hasOwn(plain, name)) Object.defineProperty(plain, name, property);
    }
    Object.defineProperty(plain, 'global', { value: plain });
    this.global = plain;
    this.context = plain;
    // Jest's own were made for the other globals: nobody would see what they change.
    const config = given[0].projectConfig;
    this.fakeTimersModern = new ModernFakeTimers({
      config,
      global: plain as unknown as typeof globalThis,
    });
  }

  /** jest-circus is loaded next, before any code of a test. */
  override async setup(): Promise<void> {
    await super.setup();
    offer(TestContext);
  }

  /** jest-circus has its own; all others get Node's. */
  handleTestEvent({ name }: { readonly name: string }): void {
    if (name === 'setup') offer(FileStorage);
  }

  override async teardown(): Promise<void> {
    offer(AsyncLocalStorage);
    for (const storage of made.splice(0)) storage.disable();
    await super.teardown();
  }
}
