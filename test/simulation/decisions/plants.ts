import type { Plants } from '../plants.js';

/**
 * Rules of DESIGN §3-4 left out on purpose, one each: named as in the list of interleavings that
 * break a weaker protocol. The simulation must turn red under every one of them.
 */
export interface HoldPlants extends Plants {
  /** A process that starts takes the log for one without fences (`blindStart` of the log). */
  readonly begin?: boolean;
  /** A rebuilt workflow grants before its epoch fence stands. */
  readonly ready?: boolean;
  /** An extra is asked under the reservation's own id. */
  readonly role?: boolean;
  /** A lease's size is stated without what was settled from it. */
  readonly size?: boolean;
  /** All parts of a settle are dated by the reservation's own hold. */
  readonly part?: boolean;
  /** A token is dated by the clock of the process that hands it out. */
  readonly date?: boolean;
  /** A settling process ends holds by its own clock. */
  readonly clock?: boolean;
  /** Epoch fences are named alike, and one that exists already is as good as an own one. */
  readonly epoch?: boolean;
  /** One run names all the epochs that it wants alike. */
  readonly oneName?: boolean;
  /** A hold is named by its id alone. */
  readonly name?: boolean;
  /** A hold that a fence on its way lists can be extended. */
  readonly extend?: boolean;
  /** A settle is dated by the clock of the process that writes it. */
  readonly midnight?: boolean;
  /** A commit and a release have entries of their own. */
  readonly twoEnds?: boolean;
  /** A commit of another class uses the hold of the first one. */
  readonly otherClass?: boolean;
  /** What is left of a token is handed out before its settle is durable. */
  readonly earlyReuse?: boolean;
  /** A lease is handed out by the monotonic clock alone, from when its answer came. */
  readonly pausedLease?: boolean;
  /** After a rebuild new asks are granted at once. */
  readonly noWait?: boolean;
}
