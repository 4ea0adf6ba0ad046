import { GROUPED_BY, type Kind, type Kinds } from './records.js';

/** One stored change: the new record, or null where it is gone. */
export type Change = readonly [Kind, string, Kinds[Kind] | null];

type Collection<K extends Kind> = Map<string, Kinds[K]>;

/**
 * All records in memory. Records are never changed in place: a `put` replaces, so that a request
 * that fails takes back everything it did.
 */
export class Store {
  readonly #collections = new Map<Kind, Map<string, Kinds[Kind]>>();
  readonly #groups = new Map<string, Set<string>>();
  /** When each record first came, by `KIND/ID`: lists keep that order for good. */
  readonly #places = new Map<string, number>();
  #undo: Change[] | null = null;
  #changes: Change[] = [];

  /** The record, or undefined. */
  get<K extends Kind>(kind: K, id: string): Kinds[K] | undefined {
    return this.#collection(kind).get(id);
  }

  /** The record; throws where it is missing, which is a fault of the sandbox. */
  need<K extends Kind>(kind: K, id: string): Kinds[K] {
    const record = this.get(kind, id);
    if (!record) throw new Error(`no ${kind} ${id} in the store`);
    return record;
  }

  /** All records of a kind, oldest first. */
  all<K extends Kind>(kind: K): Kinds[K][] {
    return [...this.#collection(kind).values()];
  }

  /** Records of a kind under one key of GROUPED_BY, oldest first. */
  group<K extends Kind>(kind: K, key: string): Kinds[K][] {
    const ids = this.#groups.get(`${kind}/${key}`) ?? [];
    return [...ids].map((id) => this.need(kind, id));
  }

  /** Adds or replaces a record. */
  put<K extends Kind>(kind: K, record: Kinds[K]): Kinds[K] {
    this.#set(kind, record.id, record);
    return record;
  }

  /** Replaces some fields of a record. */
  patch<K extends Kind>(kind: K, id: string, fields: Partial<Kinds[K]>): Kinds[K] {
    return this.put(kind, { ...this.need(kind, id), ...fields });
  }

  /** Removes a record; one that is not there is no fault. */
  remove(kind: Kind, id: string): void {
    if (this.get(kind, id)) this.#set(kind, id, null);
  }

  /** Applies a stored change as it is. */
  restore([kind, id, record]: Change): void {
    this.#write(kind, id, record);
  }

  /** Every record as a change, for a compacted journal. */
  *snapshot(): Generator<Change> {
    for (const [kind, collection] of this.#collections) {
      for (const [id, record] of collection) yield [kind, id, record];
    }
  }

  /**
   * Runs `work` as one: its changes are returned, or all taken back when it throws. A failure
   * whose effects stand (`keeps`) is thrown after they are handed to `commit`.
   */
  transact<T>(
    work: () => T,
    commit: (changes: Change[]) => void,
    keeps: (error: unknown) => boolean,
  ): T {
    if (this.#undo) throw new Error('a transaction is open already');
    this.#undo = [];
    this.#changes = [];
    try {
      const result = work();
      commit(this.#changes);
      return result;
    } catch (error) {
      if (keeps(error)) commit(this.#changes);
      else this.#takeBack();
      throw error;
    } finally {
      this.#undo = null;
    }
  }

  #takeBack(): void {
    const undo = this.#undo ?? [];
    const removed = undo.filter(([kind, id]) => !this.get(kind, id)).map(([kind]) => kind);
    for (const change of undo.toReversed()) this.restore(change);
    for (const kind of new Set(removed)) this.#putInPlace(kind);
  }

  /** What was removed and came back stands where it stood. */
  #putInPlace(kind: Kind): void {
    const placeOf = (record: Kinds[Kind]) => this.#places.get(`${kind}/${record.id}`) ?? 0;
    const records = this.all(kind).sort((a, b) => placeOf(a) - placeOf(b));
    for (const record of records) this.#write(kind, record.id, null);
    for (const record of records) this.#write(kind, record.id, record);
  }

  #set(kind: Kind, id: string, record: Kinds[Kind] | null): void {
    if (!this.#undo) throw new Error(`a change of ${kind} ${id} outside a transaction`);
    this.#undo.push([kind, id, this.get(kind, id) ?? null]);
    this.#changes.push([kind, id, record]);
    this.#write(kind, id, record);
  }

  #write(kind: Kind, id: string, record: Kinds[Kind] | null): void {
    const collection = this.#collection(kind) as Map<string, Kinds[Kind]>;
    const before = this.#groupsOf(kind, collection.get(id));
    const after = this.#groupsOf(kind, record);
    if (record) collection.set(id, record);
    else collection.delete(id);
    const place = `${kind}/${id}`;
    if (!this.#places.has(place)) this.#places.set(place, this.#places.size);
    for (const group of before) {
      if (!after.includes(group)) this.#groups.get(group)?.delete(id);
    }
    for (const group of after) {
      const members = this.#groups.get(group) ?? new Set();
      this.#groups.set(group, members.add(id));
    }
  }

  #groupsOf(kind: Kind, record: Kinds[Kind] | null | undefined): string[] {
    const rule = GROUPED_BY[kind] as ((of: Kinds[Kind]) => (string | null)[]) | undefined;
    if (!record || !rule) return [];
    return rule(record).flatMap((key) => (key === null ? [] : [`${kind}/${key}`]));
  }

  #collection<K extends Kind>(kind: K): Collection<K> {
    const found = this.#collections.get(kind);
    if (found) return found as Collection<K>;
    const made = new Map<string, Kinds[Kind]>();
    this.#collections.set(kind, made);
    return made as Collection<K>;
  }
}
