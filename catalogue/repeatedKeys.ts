import type { CatalogueFault } from '../billing/catalogue.js';
import { fault } from '../billing/faults/fault.js';
import { pathText } from './issues.js';

/**
 * Keys that stand twice in one object of a JSON text. Parsers take the last one and say nothing,
 * so a plan that was pasted twice would be lost without a word.
 */

/** An object or list that is being read. */
interface Frame {
  readonly keys: Set<string> | null;
  /** Where the reading stands: a key, or a place in the list. */
  at: string | number;
  /** In an object: the next string is a key. */
  awaitsKey: boolean;
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** One fault for each repetition, at its path. The text must be JSON that parses. */
export function repeatedKeys(text: string): CatalogueFault[] {
  const frames: Frame[] = [];
  const faults: CatalogueFault[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const frame = frames.at(-1);
    if (token === '{') frames.push({ keys: new Set(), at: '', awaitsKey: true });
    else if (token === '[') frames.push({ keys: null, at: 0, awaitsKey: false });
    else if (token === '}' || token === ']') frames.pop();
    else if (token === ',' && frame) advance(frame);
    else if (token.startsWith('"') && frame?.awaitsKey && enter(frame, token)) {
      const path = pathText(frames.map((one) => one.at));
      faults.push(fault(path, frame.at, 'stands twice: all but the last would be lost'));
    }
  }
  return faults;
}

function advance(frame: Frame): void {
  if (typeof frame.at === 'number') frame.at += 1;
  frame.awaitsKey = frame.keys !== null;
}

/** Takes a key; true when the object has had it before. */
function enter(frame: Frame, token: string): boolean {
  const key = JSON.parse(token) as string;
  frame.at = key;
  frame.awaitsKey = false;
  const repeated = frame.keys?.has(key) === true;
  frame.keys?.add(key);
  return repeated;
}
