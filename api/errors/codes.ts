import { DECISION_CODES } from './decisionCodes.js';
import type { ErrorEntry } from './entry.js';
import { REQUEST_CODES } from './requestCodes.js';

/** Every error code of the API. Answers, pages and OpenAPI are made from this one table. */
export const ERROR_CODES = { ...REQUEST_CODES, ...DECISION_CODES };

/** Name of an error code. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** The entry of a code. */
export function errorEntry(code: ErrorCode): ErrorEntry {
  return ERROR_CODES[code];
}

/** True for the name of a code: also narrows a path parameter. */
export function isErrorCode(name: string): name is ErrorCode {
  return Object.hasOwn(ERROR_CODES, name);
}
