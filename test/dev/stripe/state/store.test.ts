import { Store } from '../../../../dev/stripe/state/store.js';
import type { Change } from '../../../../dev/stripe/state/store.js';

const key = (id: string, status = 200) => ({ id, fingerprint: '', savedMs: 0, status, body: '' });

const never = () => false;

function filled(...ids: string[]): Store {
  const store = new Store();
  store.transact(
    () => ids.map((id) => store.put('key', key(id))),
    () => {},
    never,
  );
  return store;
}

const ids = (store: Store) => store.all('key').map((record) => record.id);

describe('the store', () => {
  it('takes back everything a failed transaction did, in place', () => {
    const store = filled('a', 'b', 'c');
    const before = store.all('key');
    const commit = jest.fn();
    const work = () => {
      store.put('key', key('b', 500));
      store.remove('key', 'a');
      store.put('key', key('d'));
      throw new Error('refused');
    };
    expect(() => store.transact(work, commit, never)).toThrow('refused');
    expect(store.all('key')).toEqual(before);
    expect(commit).not.toHaveBeenCalled();
  });

  it('commits what stands although the request failed', () => {
    const store = filled('a');
    const changes: Change[] = [];
    const work = () => {
      store.put('key', key('b'));
      throw new Error('declined');
    };
    const commit = (given: Change[]) => void changes.push(...given);
    expect(() => store.transact(work, commit, () => true)).toThrow('declined');
    expect(changes.map(([, id]) => id)).toEqual(['b']);
    expect(ids(store)).toEqual(['a', 'b']);
  });

  it('keeps the order in which records came, however often they change', () => {
    const store = filled('a', 'b', 'c');
    const change = () => void store.put('key', key('a', 201));
    store.transact(change, () => {}, never);
    expect(ids(store)).toEqual(['a', 'b', 'c']);
  });

  it('refuses a change outside a transaction', () => {
    const store = filled('a');
    expect(() => store.put('key', key('b'))).toThrow('outside a transaction');
  });
});
