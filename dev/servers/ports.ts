import { freePort, isFree, portOrFree } from './freePort.js';

/** Usual ports of the embedded stack. */
const USUAL = { api: 3_000, temporal: 7_233, temporalUi: 8_233, ledger: 27_017, stripe: 12_111 };

/** What a port is for. */
export type PortUse = keyof typeof USUAL;

/** A port that was asked for and is in use. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
}

/** Gives out the ports of one stack, each once. */
export class Ports {
  readonly #given = new Set<number>();
  readonly #usual: boolean;

  /** @param usual false: any free ports, so that several stacks can run side by side. */
  constructor(usual: boolean) {
    this.#usual = usual;
  }

  /** The usual port, or a free one where that is taken. */
  async take(use: PortUse): Promise<number> {
    const port = this.#usual
      ? await portOrFree(USUAL[use], this.#given)
      : await freePort(this.#given);
    this.#given.add(port);
    return port;
  }

  /** Any free port: the one given before was taken by somebody in the meantime. */
  async takeOther(): Promise<number> {
    const port = await freePort(this.#given);
    this.#given.add(port);
    return port;
  }

  /** @throws PortTaken when the port that was asked for is in use: it is never replaced. */
  async takeAsked(port: number): Promise<number> {
    if (!(await isFree(port))) throw new PortTaken(`PORT ${port} is in use by another process.`);
    this.#given.add(port);
    return port;
  }
}
