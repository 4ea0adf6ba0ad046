/** Whole numbers, 0 to 2^53-1, in as few bytes as each needs: 7 bits a byte, lowest first. */

const BASE = 128;

/** Appends a number to bytes. */
export function writeNumber(bytes: number[], value: number): void {
  let rest = value;
  while (rest >= BASE) {
    bytes.push((rest % BASE) + BASE);
    rest = Math.floor(rest / BASE);
  }
  bytes.push(rest);
}

/** Reads numbers one after the other. */
export class NumberReader {
  constructor(
    private readonly bytes: Uint8Array,
    private at: number,
  ) {}

  /** The next number; NaN behind the end, or where it is no whole number up to 2^53-1. */
  next(): number {
    let value = 0;
    for (let scale = 1; scale <= Number.MAX_SAFE_INTEGER; scale *= BASE) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) return NaN;
      value += (byte % BASE) * scale;
      if (byte < BASE) return Number.isSafeInteger(value) ? value : NaN;
    }
    return NaN;
  }

  /** True when every byte is read, and none was missing. */
  get isDone(): boolean {
    return this.at === this.bytes.length;
  }
}
