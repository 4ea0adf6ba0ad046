import { subtract } from '../decimal.js';
import { formatMinor } from '../money.js';
import { creditsOf, scaleOf, shownQuantity } from '../quantity.js';
import { creditsFree, NO_DEMAND, spendBy } from './billed.js';
import type { LimitStanding } from './context.js';
import { HIGHEST_INVOICED } from './cost.js';
import type { Demand } from './demand.js';
import { includedStanding, spendStanding } from './moneyStanding.js';
import { costRise, creditsAsked, pricedAsked, type Question, type Refusal } from './refusals.js';
import { unitsIn } from './slots.js';
import { highestOf, type LimitView, standingOf, sumOf } from './standing.js';
import { eachWindow, inUnits, unitOf } from './words.js';

/** A refusal for the operator, with every figure (CONTRACT §4.2). */

/** One sentence. */
export function detailOf(question: Question, refusal: Refusal): string {
  const { context, rulebook } = question;
  switch (refusal.type) {
    case 'limit':
      return limitDetail(question, refusal.view);
    case 'included': {
      const { id, meter, slot } = refusal.priced;
      const standing = includedStanding(context, rulebook, refusal.priced);
      const asked = pricedAsked(question)[slot] ?? 0;
      return sentence(standing, {
        allowed: inUnits(String(standing.max), unitOf(context.snapshot, [id])),
        each: 'a period',
        asked: String(shownQuantity(asked, scaleOf(meter))),
      });
    }
    case 'overage': {
      const rise = formatMinor(costRise(question, 'all'), context.snapshot.currency);
      return `Overage is blocked; what was asked for can cost ${rise} more.`;
    }
    case 'credits':
      return creditsDetail(question);
    case 'spend':
      return spendDetail(question, refusal.hardAmountMinor);
  }
}

interface Texts {
  readonly allowed: string;
  /** "a day", with whose it is. */
  readonly each: string;
  readonly asked: string;
}

function sentence(
  { id, used, held }: LimitStanding,
  { allowed, each, asked }: Texts,
  show: (figure: number | string) => string = String,
): string {
  const taken = `${show(used)} are used and ${show(held)} held`;
  return `${id} allows ${allowed} ${each}; ${taken}, ${asked} were asked for.`;
}

function limitDetail({ context, rulebook, demand }: Question, view: LimitView): string {
  const { counter } = view.rule;
  const standing = standingOf(context, rulebook, view);
  const asked = demand.get(counter) ?? [];
  const each = `${eachWindow(counter)}${forKey(standing)}`;
  if (!counter.money) {
    const unit = unitOf(context.snapshot, counter.meters ?? []);
    return sentence(standing, {
      allowed: inUnits(String(view.max), unit),
      each,
      asked: String(shownQuantity(unitsIn(counter.slots, asked), counter.scale)),
    });
  }
  const { used, held } = view.counted;
  const before = highestOf(rulebook, counter, sumOf(counter.slots, used, held));
  const after = highestOf(rulebook, counter, sumOf(counter.slots, used, held, asked));
  return moneySentence(context.snapshot.currency, standing, each, subtract(after, before));
}

function moneySentence(
  currency: string,
  standing: LimitStanding,
  each: string,
  askedMinor: string,
): string {
  const show = (figure: number | string): string => formatMinor(String(figure), currency);
  return sentence(standing, { allowed: show(standing.max), each, asked: show(askedMinor) }, show);
}

/** " for user u_1", " for team red", " for usage without a user"; nothing for the payer's own. */
function forKey({ scope, key }: LimitStanding): string {
  if (scope === 'customer') return '';
  const name = scope === 'user' ? 'user' : scope.slice('property:'.length);
  return key === null ? ` for usage without a ${name}` : ` for ${name} ${key}`;
}

function creditsDetail(question: Question): string {
  const { context } = question;
  const left = creditsFree(context, 'alone');
  const held = creditsOf(left - creditsFree(context, 'all'));
  const asked = creditsOf(creditsAsked(question));
  return `${creditsOf(left)} credits are left and ${held} held, ${asked} were asked for.`;
}

function spendDetail(question: Question, hardAmountMinor: number): string {
  const { context, rulebook, demand } = question;
  const standing = spendStanding(context, rulebook, hardAmountMinor);
  const most = (asked: Demand): string =>
    spendBy(HIGHEST_INVOICED, context, rulebook, asked, 'all');
  const rise = subtract(most(demand), most(NO_DEMAND));
  return moneySentence(context.snapshot.currency, standing, 'a period', rise);
}
