import type mongoose from 'mongoose';
import { answered, exactly, insertNew, type Database } from '../connection.js';
import { LedgerError } from '../errors.js';

/** Who has a name that only one may have. */
export interface Claim {
  readonly customer: string;
  /** Number of the command that asked for it. */
  readonly request: number;
}

/** Names that belong to one customer each: the first to ask has it. */
export interface ClaimStore {
  /** Answers whose it is: the given one's, if nobody had it. */
  claim(name: string, claim: Claim): Promise<Claim>;
  /** Gives back what a request has claimed of the names that begin like this. */
  release(beginning: string, claim: Claim): Promise<void>;
}

type ClaimDocument = Claim & { readonly _id: string };

/** Names that belong to one customer each, such as `stripe/test/cus_1`. */
export class MongoClaimStore implements ClaimStore {
  private readonly rows: mongoose.mongo.Collection<ClaimDocument>;

  constructor(database: Database) {
    this.rows = database.collection<ClaimDocument>('claims');
  }

  async claim(name: string, { customer, request }: Claim): Promise<Claim> {
    const row = { _id: exactly(name), customer: exactly(customer), request };
    if (await insertNew(this.rows, row)) return { customer, request };
    const found = await answered(() => this.rows.findOne({ _id: row._id }));
    if (found) return { customer: found.customer, request: found.request };
    throw new LedgerError('unavailable', `${name} was given back just now`);
  }

  async release(beginning: string, { customer, request }: Claim): Promise<void> {
    const _id = { $gt: exactly(beginning), $lt: `${beginning}\uffff` };
    const claimed = { _id, customer: exactly(customer), request };
    await answered(() => this.rows.deleteMany(claimed));
  }
}
