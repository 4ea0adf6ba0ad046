/** Ways to reserve quota before a request runs and to settle it after, under one roof. */

/** One customer's quota, as one contestant keeps it. */
export interface Quota {
  /** Name of a grant, or null when it is refused. */
  reserve(units: number): Promise<string | null> | string | null;
  /** Settles a grant; resolves when the contestant says that it stands. */
  commit(grant: string, units: number): Promise<void> | void;
  /** Units that stand as used, once nothing is under way. */
  counted(): Promise<number>;
}

/** One way, running. */
export interface Contestant {
  readonly name: string;
  readonly what: string;
  /** Processes whose CPU time counts, beside this one. */
  readonly pids: () => readonly (number | null)[];
  /** A new quota of so many units. */
  quota(name: string, cap: number): Promise<Quota>;
  stop(): Promise<void>;
}

/** Starts a contestant; null with the reason where this machine lacks what it needs. */
export type Start = () => Promise<Contestant | { readonly absent: string }>;
