import type mongoose from 'mongoose';
import type { Catalogue, Mode, PublishedCatalogue } from '../../billing/catalogue.js';
import { mergePublication } from '../../billing/publication.js';
import { answered, insertNew, type Database } from '../connection.js';
import type { CatalogueStore } from './contract.js';
import { LedgerError } from '../errors.js';

/** Times that a publication is tried again because another one came between. */
const TRIES_MAX = 10;

interface CatalogueDocument {
  /** `MODE`: the newest; there is one document for each mode. */
  readonly _id: string;
  readonly revision: number;
  readonly published: PublishedCatalogue;
}

/** Published catalogues, the newest of each mode; its snapshots hold every earlier version. */
export class MongoCatalogueStore implements CatalogueStore {
  private readonly rows: mongoose.mongo.Collection<CatalogueDocument>;

  constructor(database: Database) {
    this.rows = database.collection<CatalogueDocument>('catalogues');
  }

  async newest(mode: Mode): Promise<PublishedCatalogue | null> {
    const found = await answered(() => this.rows.findOne({ _id: mode }));
    return found?.published ?? null;
  }

  async publish(mode: Mode, catalogue: Catalogue): Promise<PublishedCatalogue> {
    for (let tries = 0; tries < TRIES_MAX; tries += 1) {
      const previous = await this.newest(mode);
      const publication = mergePublication(previous, catalogue, mode);
      if ('conflicts' in publication) throw conflictError(publication.conflicts);
      const { published, changed } = publication;
      if (!changed || (await this.replace(previous, published))) return published;
    }
    throw new LedgerError('unavailable', `${TRIES_MAX} other publications of ${mode} came between`);
  }

  /** Compare-and-set on the revision: false when another publication came between. */
  private async replace(
    previous: PublishedCatalogue | null,
    published: PublishedCatalogue,
  ): Promise<boolean> {
    const row = { revision: published.revision, published };
    const _id = published.mode;
    if (!previous) return insertNew(this.rows, { _id, ...row });
    const { revision } = previous;
    const reply = await answered(() => this.rows.replaceOne({ _id, revision }, row));
    return reply.matchedCount === 1;
  }
}

function conflictError(
  conflicts: readonly { readonly path: string; readonly message: string }[],
): LedgerError {
  const all = conflicts.map(({ path, message }) => `${path}: ${message}`).join('; ');
  return new LedgerError('conflict', `published already, and different: ${all}`, conflicts);
}
