/**
 * Faults planted on purpose: each leaves out one rule of the protocol, as told in the list of
 * interleavings that break a weaker one. The simulation must turn red under every one of them.
 */
export interface Plants {
  /** A group of unknown outcome is sent again with more entries in it. */
  readonly grownGroup?: boolean;
  /** A writer that lost a number, or needs older fences, does not read them. */
  readonly unreadFences?: boolean;
  /** A process that starts takes the log for one without fences. */
  readonly blindStart?: boolean;
  /** A message whose ranges are partly folded is folded as a whole. */
  readonly mixedMessage?: boolean;
  /** A heal's page is folded though ranges in it were folded ahead while it was read. */
  readonly latePages?: boolean;
  /** The fold forgets now and then which ranges it has folded ahead of its mark. */
  readonly forgottenRanges?: boolean;
  /** Reads show what no majority has yet. */
  readonly localReads?: boolean;
  /** A heal folds what settles used, and not which holds they end. */
  readonly lostEnds?: boolean;
  /** A rebuilt workflow grants before its epoch fence is written and folded. */
  readonly earlyGrants?: boolean;
  /** Rebuilt workflows name their epoch fences alike: the second one's exists already. */
  readonly namedEpoch?: boolean;
}
