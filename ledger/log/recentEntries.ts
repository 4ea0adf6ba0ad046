import type { StandingEntry } from './port.js';

/**
 * Entries this process lately saw standing in the log, to answer repeats without a read. An id
 * that stands stands for ever, so what is remembered is never wrong, only forgotten: when the
 * young half is full it becomes the old half, and the old half goes.
 */
export class RecentEntries {
  private young = new Map<string, StandingEntry>();
  private old = new Map<string, StandingEntry>();

  constructor(private readonly halfMax: number) {}

  get(log: string, id: string): StandingEntry | undefined {
    const name = `${log}/${id}`;
    return this.young.get(name) ?? this.old.get(name);
  }

  remember(log: string, standing: StandingEntry): void {
    if (this.young.size >= this.halfMax) {
      this.old = this.young;
      this.young = new Map();
    }
    this.young.set(`${log}/${standing.entry.id}`, standing);
  }
}
