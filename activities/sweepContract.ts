/** What finds again that was told and got lost, and who is meant; fails as in `contract.ts`. */

/** Activities of the sweep: each answers how many it had to help. */
export interface SweepActivities {
  /** Tells workflows whose mark is below the head of their log. */
  sweepHeads(): Promise<number>;
  /** Hands over webhooks still `received` after 30 s. */
  sweepInbox(): Promise<number>;
}

/** The activity on events of Stripe that don't say whom they concern. */
export interface EventActivities {
  /**
   * Asks Stripe about one event of the inbox, acts on it and tells whom it concerns; then its row
   * ends. Left waiting: what can't be decided yet.
   */
  workOnEvent(event: string): Promise<void>;
}
