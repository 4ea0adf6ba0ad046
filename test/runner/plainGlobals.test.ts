import { AsyncLocalStorage, executionAsyncResource } from 'node:async_hooks';
import { types } from 'node:util';

/** Whether someone follows promises through this process: each is then a resource of its own. */
async function areFollowed(): Promise<boolean> {
  await Promise.resolve();
  return types.isPromise(executionAsyncResource());
}

it('has nobody follow promises, after whatever files this process has run', async () => {
  expect(await areFollowed()).toBe(false);
});

it("leaves Node's own storage to what is tested", async () => {
  const storage = new AsyncLocalStorage<string>();
  const seen = await storage.run('within', async () => {
    await Promise.resolve();
    return storage.getStore();
  });
  expect(seen).toBe('within');
  expect(storage.getStore()).toBeUndefined();
  storage.disable();
});
