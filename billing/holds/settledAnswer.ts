import type { Quantities, SettleEntry } from '../log.js';
import { added } from './settle.js';

/** How a reservation ended, told from the one entry that stands: the same whoever asks again. */

/** What a commit or a release is answered. */
export type SettledAnswer =
  | {
      readonly type: 'ended';
      readonly status: 'committed' | 'released';
      /** Counted and billed; null for a release. */
      readonly committed: Quantities | null;
      /** Kept, never counted or billed; null: nothing. */
      readonly writeOff: Quantities | null;
    }
  /** It ended the other way before. */
  | { readonly type: 'refused'; readonly code: 'reservation_released' | 'reservation_committed' };

/**
 * The answer to a commit or release, whose entry may be this one or lose to it: the first answer
 * wins, whatever a repeat says it used (CONTRACT §3.3).
 */
export function settledAnswer(
  entry: Pick<SettleEntry, 'outcome' | 'parts'>,
  asked: 'commit' | 'release',
): SettledAnswer {
  const status = entry.outcome === 'released' ? 'released' : 'committed';
  if (asked === 'commit' && status === 'released') {
    return { type: 'refused', code: 'reservation_released' };
  }
  if (asked === 'release' && status === 'committed') {
    return { type: 'refused', code: 'reservation_committed' };
  }
  const writeOff = sumOf(entry.parts.map((part) => part.writeOff));
  return {
    type: 'ended',
    status,
    committed: status === 'released' ? null : sumOf(entry.parts.map((part) => part.used)),
    writeOff: Object.keys(writeOff).length === 0 ? null : writeOff,
  };
}

function sumOf(quantities: readonly Quantities[]): Quantities {
  return quantities.reduce(added, {});
}
