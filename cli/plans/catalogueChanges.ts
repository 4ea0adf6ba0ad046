import type Stripe from 'stripe';
import { planPrices } from '../../activities/stripe/priceTerms.js';
import { type PublishOptions, surveyAtStripe } from '../../activities/stripe/publish.js';
import type { StripeFinding } from '../../activities/stripe/catalogue/findings.js';
import type { Catalogue, Mode, PublishedCatalogue } from '../../billing/catalogue.js';
import type { DifferenceKind } from '../../billing/difference/difference.js';
import { plannedPublication } from '../../billing/difference/plannedPublication.js';
import { publicationDifference } from '../../billing/difference/publicationDifference.js';
import type { Ledger } from '../../ledger/contract.js';
import { CommandFailed } from '../commandFailed.js';
import type { EngineAccess } from '../engineAccess.js';

/** What publishing a catalogue changes in one mode. */

/** One change: of a path of the catalogue in the engine, or of an object at Stripe. */
export interface CatalogueChange {
  readonly mode: Mode;
  readonly at: 'engine' | 'stripe';
  /** `plans.pro.prices.tokens`; at Stripe `meter durabill_tokens`, `price durabill/pro/2/base`. */
  readonly what: string;
  /** What it means for customers; null at Stripe. */
  readonly kind: DifferenceKind | null;
  readonly sentence: string;
}

/** One thing that is in the way, with the way out. */
export interface CatalogueRefusal {
  readonly mode: Mode;
  readonly at: 'engine' | 'stripe';
  readonly what: string;
  readonly message: string;
  /** What of a published plan version would change, in words. */
  readonly differences: readonly string[];
}

/** One mode: what stands, what would change, what is in the way. */
export interface ModeChanges {
  readonly mode: Mode;
  readonly changes: readonly CatalogueChange[];
  readonly refusals: readonly CatalogueRefusal[];
  /** What stands at Stripe, all in order or out of use with good reason. */
  readonly standing: readonly StripeFinding[];
}

/** Looks at engine and Stripe; writes nothing. @throws CommandFailed 2 without a key it needs. */
export async function modeChanges(
  access: EngineAccess,
  ledger: Ledger,
  mode: Mode,
  catalogue: Catalogue,
): Promise<ModeChanges> {
  const previous = await ledger.catalogues.newest(mode);
  const { published, refused } = plannedPublication(previous, catalogue, mode);
  const findings = published
    ? await findingsFor(stripeFor(access, published), ledger, published, catalogue)
    : [];
  const engine = published ? publicationDifference(previous, published) : [];
  const blocking = findings.filter(({ blocks }) => blocks);
  return {
    mode,
    changes: [
      ...engine.map(({ path, kind, sentence }): CatalogueChange => {
        return { mode, at: 'engine', what: path, kind, sentence };
      }),
      ...findings.filter(({ state }) => state === 'missing').map((row) => making(mode, row)),
    ],
    refusals: [
      ...refused.map(({ path, message, differences }): CatalogueRefusal => {
        return { mode, at: 'engine', what: path, message, differences };
      }),
      ...blocking.map((finding): CatalogueRefusal => {
        const { detail: message } = finding;
        return { mode, at: 'stripe', what: nameOf(finding), message, differences: [] };
      }),
    ],
    standing: findings.filter(({ state, blocks }) => state !== 'missing' && !blocks),
  };
}

/**
 * The client of the catalogue's mode; null where nothing of it ever touches Stripe.
 * @throws CommandFailed 2 when it needs one and no key of the mode is set.
 */
export function stripeFor(access: EngineAccess, published: PublishedCatalogue): Stripe | null {
  const { mode, snapshots } = published;
  const client = access.stripe[mode];
  if (client) return client;
  const priced = Object.values(snapshots).find((snapshot) => planPrices(snapshot).length > 0);
  if (!priced) return null;
  const key = `STRIPE_SECRET_KEY has no ${mode} key (sk_${mode}_…)`;
  throw new CommandFailed(`${key}, and ${priced.id} has prices.`, 2);
}

/** The catalogue's newest plan versions are on offer; plans that it leaves out are not. */
export function offering(published: PublishedCatalogue, { plans }: Catalogue): PublishOptions {
  const { newest } = published;
  return {
    onOffer: ({ id, version }) => Object.hasOwn(plans, id) && newest[id] === version,
  };
}

async function findingsFor(
  stripe: Stripe | null,
  ledger: Ledger,
  published: PublishedCatalogue,
  catalogue: Catalogue,
): Promise<readonly StripeFinding[]> {
  if (!stripe) return [];
  return surveyAtStripe(stripe, ledger.ensures, published, offering(published, catalogue));
}

function nameOf({ object, name, id }: StripeFinding): string {
  return `${object} ${name}${id === null ? '' : ` (${id})`}`;
}

function making(mode: Mode, finding: StripeFinding): CatalogueChange {
  const sentence = `new ${finding.object}${finding.detail === '' ? '' : `: ${finding.detail}`}`;
  return { mode, at: 'stripe', what: nameOf(finding), kind: null, sentence };
}
