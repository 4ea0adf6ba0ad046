import { checking, crowd, reserving } from './decision.js';
import { eventFolding } from './fold.js';
import { invoiceRating } from './invoice.js';
import { measure, type RuleFigures } from './measure.js';

/** Measures the rules that run for every event, decision and invoice, one after the other. */
export function measureRules(rounds: number, say: (line: string) => void): RuleFigures[] {
  const customer = crowd();
  const rules = [invoiceRating(), checking(customer), reserving(customer), eventFolding()];
  return rules.map((rule) => {
    say(rule.name);
    return measure(rule, rounds);
  });
}
