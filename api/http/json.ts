import { invalidRequest, type Fault, type Problem } from '../errors/problem.js';

/** Reads JSON bodies with care: encoding, depth, and names that could reach a prototype. */

/** Largest body, bytes. */
export const BODY_BYTES_MAX = 1024 * 1024;

/** Deepest nesting of a body; the deepest documented one has 5 levels. */
export const DEPTH_MAX = 32;

/** Names that reach an object's prototype in careless code; no body may carry them as keys. */
export const PROTOTYPE_KEYS: ReadonlySet<string> = new Set([
  '__proto__',
  'constructor',
  'prototype',
]);

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

function problem(detail: string): Problem {
  return invalidRequest([{ detail, pointer: '' }]);
}

/** True where JSON bytes nest deeper; brackets inside strings don't count. Linear. */
export function isDeeperThan(body: Uint8Array, depthMax: number): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < body.length; at += 1) {
    const byte = body[at];
    if (inString) {
      if (byte === 0x5c) at += 1;
      else if (byte === 0x22) inString = false;
    } else if (byte === 0x22) inString = true;
    else if (byte === 0x7b || byte === 0x5b) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (byte === 0x7d || byte === 0x5d) depth -= 1;
  }
  return false;
}

/** Faults for each key that reaches a prototype. Iterative: depth can't exhaust the stack. */
export function prototypeKeyFaults(root: unknown): Fault[] {
  const faults: Fault[] = [];
  const queue: { readonly value: unknown; readonly pointer: string }[] = [
    { value: root, pointer: '' },
  ];
  for (let next = queue.pop(); next; next = queue.pop()) {
    const { value, pointer } = next;
    if (typeof value !== 'object' || value === null) continue;
    for (const key of Object.keys(value)) {
      const path = `${pointer}/${key}`;
      if (PROTOTYPE_KEYS.has(key)) {
        faults.push({ detail: `The name "${key}" is not allowed.`, pointer: path });
      } else queue.push({ value: Reflect.get(value, key), pointer: path });
    }
  }
  return faults.slice(0, 100);
}

/** @throws Problem `invalid_request` for anything but JSON in UTF-8 of bounded depth. */
export function parseJson(body: Uint8Array): unknown {
  if (body.length === 0) throw problem('The body is empty; JSON is expected.');
  if (isDeeperThan(body, DEPTH_MAX)) {
    throw problem(`The body is nested more than ${DEPTH_MAX} levels deep.`);
  }
  let text: string;
  try {
    text = decoder.decode(body);
  } catch {
    throw problem('The body is not valid UTF-8.');
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw problem(`The body is not valid JSON: ${error instanceof Error ? error.message : ''}.`);
  }
}
