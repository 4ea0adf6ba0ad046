import type Stripe from 'stripe';
import type { Mode, PlanSnapshot, PublishedCatalogue } from '../../billing/catalogue.js';
import type { EnsureStore } from '../../ledger/stores/contract.js';
import { findingsOf, type OnOffer, type StripeFinding } from './catalogue/findings.js';
import { makeMissing, type PriceAtStripe } from './catalogue/missing.js';
import { surveyPlans } from './catalogue/survey.js';
import { patiently } from './patience.js';
import { openSession, type StripeSession } from './session.js';

/** Time for a whole catalogue, and for each of its plan versions beside. */
const PUBLISH_BUDGET_MS = 300_000;
const PLAN_BUDGET_MS = 30_000;

/** A price of a published plan version. */
export type PublishedPrice = PriceAtStripe;

/** What stands at Stripe is in the way of publishing; nothing was written. */
export class CatalogueRefused extends Error {
  override readonly name = 'CatalogueRefused';

  constructor(
    /** Everything in the way, at once. */
    readonly findings: readonly StripeFinding[],
  ) {
    super(findings.map(findingText).join('\n'));
  }
}

/** One finding on one line: what, where, what is the matter. */
export function findingText({ object, name, id, detail }: StripeFinding): string {
  return `${object} ${name}${id === null ? '' : ` (${id})`}: ${detail}`;
}

/** How a catalogue is published. */
export interface PublishOptions {
  /** Plan versions on offer: of others, archived objects are no fault. Default: the newest. */
  readonly onOffer?: OnOffer;
  /** Told of each object before it is made. */
  readonly onMake?: (finding: StripeFinding) => void;
}

/** Everything that a published catalogue needs at Stripe, beside what is there. Writes nothing. */
export async function surveyAtStripe(
  stripe: Stripe,
  ensures: EnsureStore,
  published: PublishedCatalogue,
  { onOffer = newestOf(published) }: PublishOptions = {},
): Promise<readonly StripeFinding[]> {
  const session = sessionFor(stripe, ensures, published);
  const { mode, snapshots } = published;
  const survey = await patiently(session, () =>
    surveyPlans(session, mode, Object.values(snapshots), true),
  );
  return findingsOf(survey, mode, onOffer);
}

/**
 * Makes every plan version of the catalogue at Stripe that is not there yet: meters, a product
 * per version, its prices. Found before made, never edited, repeatable; plans without prices
 * never touch Stripe. Answers what it found and made.
 * @throws CatalogueRefused naming everything that stands at Stripe otherwise; nothing is written.
 */
export async function publishAtStripe(
  stripe: Stripe,
  ensures: EnsureStore,
  published: PublishedCatalogue,
  { onOffer = newestOf(published), onMake }: PublishOptions = {},
): Promise<readonly StripeFinding[]> {
  const session = sessionFor(stripe, ensures, published);
  const { mode, snapshots } = published;
  const survey = await patiently(session, () =>
    surveyPlans(session, mode, Object.values(snapshots), true),
  );
  const findings = unrefused(findingsOf(survey, mode, onOffer));
  await makeMissing(session, survey, (name, act) => {
    const finding = findings.find((row) => row.name === name);
    if (finding) onMake?.(finding);
    return patiently(session, act);
  });
  return findings;
}

/**
 * The same for some plan versions, without patience: the caller repeats it. Answers their prices
 * by lookup key. @throws as `publishAtStripe`, and what Stripe or the ledger threw.
 */
export async function publishPlans(
  session: StripeSession,
  mode: Mode,
  snapshots: readonly PlanSnapshot[],
): Promise<ReadonlyMap<string, PublishedPrice>> {
  const survey = await surveyPlans(session, mode, snapshots, false);
  unrefused(findingsOf(survey, mode, () => true));
  return makeMissing(session, survey, (_name, act) => act());
}

function newestOf({ newest }: PublishedCatalogue): OnOffer {
  return ({ id, version }) => newest[id] === version;
}

function sessionFor(
  stripe: Stripe,
  ensures: EnsureStore,
  { snapshots }: PublishedCatalogue,
): StripeSession {
  const budgetMs = PUBLISH_BUDGET_MS + Object.keys(snapshots).length * PLAN_BUDGET_MS;
  return openSession(stripe, ensures, Date.now, budgetMs);
}

/** @throws CatalogueRefused when any of them stands in the way. */
function unrefused(findings: readonly StripeFinding[]): readonly StripeFinding[] {
  const blocking = findings.filter(({ blocks }) => blocks);
  if (blocking.length > 0) throw new CatalogueRefused(blocking);
  return findings;
}
