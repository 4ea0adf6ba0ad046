import { constants, createContext } from 'node:vm';
import { ModernFakeTimers } from '@jest/fake-timers';
import { TestEnvironment } from 'jest-environment-node';

type Globals = InstanceType<typeof TestEnvironment>['global'];

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
}
