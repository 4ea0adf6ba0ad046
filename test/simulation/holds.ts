import type { ActingEntry } from '../../billing/log.js';

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
 * stays within the limit, consumed by the settle that names them, given back by the fence that
 * lists them, void under a newer epoch.
 */
export class Holds {
  /** Tokens settled, as far as the log is folded. */
  used = 0;
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

  grant(id: string, quantity: number, mark: number): Hold | null {
    if (!this.serving || this.used + this.held + quantity > this.limit) return null;
    this.serial += 1;
    const name = `${id}#${this.serial}@${this.epoch}`;
    this.open.set(name, quantity);
    this.held += quantity;
    return { name, quantity, since: mark };
  }

  isOpen(name: string): boolean {
    return this.open.has(name);
  }

  /** An entry acts when the mark reaches the group it stands in. */
  act(number: number, act: ActingEntry): void {
    if (act.kind === 'settle') {
      for (const part of act.parts) {
        this.used += part.used['tokens'] ?? 0;
        this.drop(part.hold);
      }
    }
    if (act.kind !== 'fence') return;
    if (act.fence.type === 'expired') for (const hold of act.fence.holds) this.drop(hold);
    if (act.fence.type === 'epoch' && number === this.epoch) this.serving = true;
  }

  private drop(name: string): void {
    this.held -= this.open.get(name) ?? 0;
    this.open.delete(name);
  }
}
