import type { NotedCredit } from '../../bill.js';
import type { Command } from '../../command.js';
import type { CustomerState } from '../../state.js';
import type { Due } from './billSteps.js';

/** Credits on invoices that no segment kept is about: credit notes, each once by its command. */

/** Notes remembered. */
const NOTES_MAX = 50;

/** Lets a `creditNote` command act. */
export function applyCreditNote(
  state: CustomerState,
  id: string,
  { stripeInvoice, amountMinor, reason }: Extract<Command, { type: 'creditNote' }>,
): CustomerState {
  if (state.notes?.[id] || amountMinor <= 0) return state;
  const note = { stripeInvoice, amountMinor, reason, done: false };
  const notes = Object.entries({ ...state.notes, [id]: note });
  const old = notes.slice(0, -NOTES_MAX).filter(([, { done }]) => !done);
  return { ...state, notes: Object.fromEntries([...old, ...notes.slice(-NOTES_MAX)]) };
}

/** Notes that wait for Stripe. */
export function noteDues({ notes = {} }: CustomerState): Due[] {
  const waiting = Object.entries(notes).filter(([, { done }]) => !done);
  return waiting.map(([note]) => ({ step: { kind: 'giveNote', note }, atMs: 0 }));
}

/** A note stands at Stripe; `refused`: why it never will. */
export function noted(state: CustomerState, id: string, refused: string | null): CustomerState {
  const note = state.notes?.[id];
  if (!note || note.done) return state;
  const outcome = refused === null ? ({ as: 'note' } as const) : { refused };
  return { ...state, notes: { ...state.notes, [id]: { ...note, ...outcome, done: true } } };
}

/** What was given back on an invoice, whole minor units. */
export function notedMinor({ notes = {} }: CustomerState, stripeInvoice: string): number {
  const given = ({ refused, ...note }: NotedCredit) =>
    refused === undefined && note.stripeInvoice === stripeInvoice ? note.amountMinor : 0;
  return Object.values(notes).reduce((sum, note) => sum + given(note), 0);
}
