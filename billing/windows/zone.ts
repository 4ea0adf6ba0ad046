/**
 * A time zone as data: the workflow knows no `Intl`, so whoever changes a customer's zone writes
 * its offsets into the log. After the last of them the last offset stays.
 */
export interface Zone {
  /** IANA name, as "America/New_York". */
  readonly name: string;
  /**
   * Ascending: from this instant (ms) on, local time is UTC plus so many minutes, less than a day
   * of them and not as many as before. The first one holds for all time before, too.
   */
  readonly offsets: readonly (readonly [fromMs: number, offsetMinutes: number])[];
}

/** The zone of a customer that names none. */
export const UTC: Zone = { name: 'UTC', offsets: [[0, 0]] };
