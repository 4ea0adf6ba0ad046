import type { ActingEntry, HoldEnd } from '../../billing/log.js';

/** A granted hold as its holder knows it. */
export interface Hold {
  /** `ID#SERIAL@EPOCH`. */
  readonly name: string;
  readonly quantity: number;
  /** Log number folded when it was granted. */
  readonly since: number;
}

/**
 * Holds under one hard limit, in the least that DESIGN §4 asks of them: granted while used + held
 * stays within the limit, ended by the settle that names them, given back by the fence that lists
 * them, void under a newer epoch.
 */
export class Holds {
  /** Names of the holds that settles have ended, as far as the log is folded. */
  readonly ended: string[] = [];
  private readonly open = new Map<string, number>();
  private held = 0;
  private epoch = 0;
  private serving = false;
  private serial = 0;

  constructor(private readonly limit: number) {}

  /** The instance's epoch fence stands at this number; it grants once that is folded. */
  serveFrom(epoch: number, folded: boolean): void {
    this.epoch = epoch;
    this.serving = folded;
  }

  /** `used`: what the fold has counted of it up to `mark`. */
  grant(id: string, quantity: number, used: number, mark: number): Hold | null {
    if (!this.serving || used + this.held + quantity > this.limit) return null;
    this.serial += 1;
    const name = `${id}#${this.serial}@${this.epoch}`;
    this.open.set(name, quantity);
    this.held += quantity;
    return { name, quantity, since: mark };
  }

  isOpen(name: string): boolean {
    return this.open.has(name);
  }

  /** Settles end holds at the moment their rows are folded. */
  end(ends: readonly HoldEnd[]): void {
    for (const { hold } of ends) {
      this.ended.push(hold);
      this.drop(hold);
    }
  }

  /** A fence acts when the mark reaches the group it stands in. */
  act(number: number, act: ActingEntry): void {
    if (act.kind !== 'fence') return;
    if (act.fence.type === 'expired') for (const hold of act.fence.holds) this.drop(hold);
    if (act.fence.type === 'epoch' && number === this.epoch) this.serving = true;
  }

  private drop(name: string): void {
    this.held -= this.open.get(name) ?? 0;
    this.open.delete(name);
  }
}
