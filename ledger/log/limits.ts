/** Bounds of the log's writer. Tests narrow some of them. */
export interface WriterLimits {
  /** Entries a group may hold. */
  readonly groupEntriesMax: number;
  /** Estimated bytes a group may hold; a single larger entry has a group of its own. */
  readonly groupBytesMax: number;
  /** An entry above this is refused: a document of the store ends at 16 MB. */
  readonly entryBytesMax: number;
  /** Groups and bytes that one insert carries. */
  readonly flightGroupsMax: number;
  readonly flightBytesMax: number;
  /** Entries that may wait in one process. */
  readonly waitingEntriesMax: number;
  /** How long a caller waits for its outcome. */
  readonly answerMsMax: number;
  /** First and longest pause before something of unknown outcome is tried again. */
  readonly backoffMsMin: number;
  readonly backoffMsMax: number;
  /** First and longest mean pause after a lost number. */
  readonly lossPauseMsMin: number;
  readonly lossPauseMsMax: number;
  /** Names of ended holds remembered per customer; older fences are read again when needed. */
  readonly endedHoldsMax: number;
  /** Customers whose head and fences are remembered while nothing of theirs waits. */
  readonly idleLanesMax: number;
  /** Recorded entries remembered to answer repeats without a read, twice this at most. */
  readonly recentEntriesMax: number;
}

/** What a process of the product runs with. */
export const WRITER_LIMITS: WriterLimits = {
  groupEntriesMax: 500,
  groupBytesMax: 1_000_000,
  entryBytesMax: 4_000_000,
  flightGroupsMax: 500,
  flightBytesMax: 8_000_000,
  waitingEntriesMax: 100_000,
  answerMsMax: 15_000,
  backoffMsMin: 50,
  backoffMsMax: 1_000,
  lossPauseMsMin: 2,
  lossPauseMsMax: 30,
  endedHoldsMax: 10_000,
  idleLanesMax: 20_000,
  recentEntriesMax: 50_000,
};
