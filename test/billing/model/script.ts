import * as fc from 'fast-check';
import { Chance } from '../../simulation/chance.js';

/** One command of a run. All it decides comes from its own dice, so others can be left out. */
export interface Move {
  readonly name: string;
  readonly dice: number;
}

/** A whole run. */
export interface Script {
  /** Decides the plan, the zone and what the run leaves out. */
  readonly setup: number;
  readonly moves: readonly Move[];
}

/** How often each command comes, in relation to the others. */
export type Weights = Readonly<Record<string, number>>;

/**
 * Runs of exactly so many commands. Failing ones shrink by leaving commands out, in halves first,
 * then one by one; what a command does depends on its dice and the world alone.
 */
class ScriptArbitrary extends fc.Arbitrary<Script> {
  private readonly wheel: readonly string[];

  constructor(
    weights: Weights,
    private readonly length: number,
  ) {
    super();
    this.wheel = Object.entries(weights).flatMap(([name, weight]) => {
      return Array.from({ length: weight }, () => name);
    });
  }

  override generate(random: fc.Random): fc.Value<Script> {
    const chance = new Chance(random.nextInt(-0x80000000, 0x7fffffff));
    const moves: Move[] = [];
    for (let index = 0; index < this.length; index += 1) {
      moves.push({ name: chance.pick(this.wheel), dice: chance.whole(0, 0x7fffffff) });
    }
    return new fc.Value({ setup: chance.whole(0, 0x7fffffff), moves }, undefined);
  }

  override canShrinkWithoutContext(_value: unknown): _value is Script {
    return false;
  }

  override shrink({ setup, moves }: Script): fc.Stream<fc.Value<Script>> {
    function* shorter(): IterableIterator<fc.Value<Script>> {
      for (let size = Math.ceil(moves.length / 2); size >= 1; size = nextSize(size)) {
        for (let start = moves.length - size; start > -size; start -= size) {
          const from = Math.max(0, start);
          const left = [...moves.slice(0, from), ...moves.slice(start + size)];
          if (left.length < moves.length) yield new fc.Value({ setup, moves: left }, undefined);
        }
      }
    }
    return fc.stream(shorter());
  }
}

function nextSize(size: number): number {
  return size === 1 ? 0 : Math.ceil(size / 2);
}

/** Runs of `length` commands out of these. */
export function scripts(weights: Weights, length: number): fc.Arbitrary<Script> {
  return new ScriptArbitrary(weights, length);
}
