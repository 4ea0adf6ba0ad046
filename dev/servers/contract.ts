/** What the resolvers of the embedded servers share. */

/** The two servers that Durabill can't be without. */
export type ServerName = 'temporal' | 'ledger';

/** Database formats: data written by one can't be opened by the other. */
export type LedgerEngine = 'mongod' | 'secantus';

/** A server that somebody else runs, named by an address setting. It has answered. */
export interface ConfiguredServer {
  readonly kind: 'configured';
  /** Which setting named it. */
  readonly how: string;
  /** HOST:PORT for Temporal, connection string for the ledger. */
  readonly address: string;
}

/** A program on this machine that can be started; it has run with `--version`. */
export interface ServerProgram {
  readonly kind: 'temporal' | 'mongod' | 'secantusd-rs' | 'secantusd-py';
  /** Where it was found or how it was made, for people. */
  readonly how: string;
  /** Absolute path. */
  readonly command: string;
}

/** What a resolver ends with. */
export type FoundServer = ConfiguredServer | ServerProgram;

/** What a long step may use. */
export interface Work {
  /** Says what is happening now; shown with the elapsed seconds. */
  progress(text: string): void;
  /** Aborted when the program is asked to stop; a child then dies too. */
  readonly signal: AbortSignal;
}

/** Answer of one way, given fast (under 2 s). */
export type Check =
  | {
      readonly ok: false;
      readonly reason: string;
      /** Nothing may take its place: the search ends here. */
      readonly fatal?: true;
    }
  | {
      readonly ok: true;
      /** What would be used, or what would be done. */
      readonly detail: string;
      /** Delivers it; may take minutes. @throws Error with the reason it can't. */
      obtain(work: Work): Promise<FoundServer>;
    };

/** One way to a server. */
export interface Way {
  readonly name: string;
  check(): Promise<Check>;
}

/** A way that did not lead to a server, and why. */
export interface Refusal {
  readonly way: string;
  readonly reason: string;
}
