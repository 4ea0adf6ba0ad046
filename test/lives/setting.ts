/**
 * Globals that Jest's environment looks up anew at each use are looked up once: some of them
 * cost more than what is done with them.
 */
export function settleGlobals(): void {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(globalThis));
  for (const [name, descriptor] of descriptors) {
    if (!('get' in descriptor) || !descriptor.configurable) continue;
    const value: unknown = Reflect.get(globalThis, name);
    Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
}
