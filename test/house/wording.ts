import type { Violation } from './violation.js';

/** Folders that exist on one machine only; written so that this file does not name one. */
const MACHINE_FOLDERS = ['work', 'root', 'tmp', 'home', 'Users', 'mnt'];
const MACHINE_PATH = new RegExp(`(?<![\\w.\`-])/(${MACHINE_FOLDERS.join('|')})/[\\w.-]`);

const FORBIDDEN: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  { pattern: MACHINE_PATH, what: 'a path of one machine' },
  { pattern: /\.\.\/shared\b/, what: 'a folder outside the project' },
  { pattern: /\b(DESIGN|CONTRACT|BRIEF)\.md\b/, what: 'a file that is not in the project' },
  { pattern: /https?:\/\/[\w.-]*(registry|proxy|mirror)[\w.-]*\//i, what: 'a registry host' },
  { pattern: /\bsub-?agents?\b/i, what: 'how the text was written' },
];

/** Words that mean nothing to somebody who has only this repository. */
export function foreignWording(path: string, text: string): Violation[] {
  return text.split('\n').flatMap((line, index) =>
    FORBIDDEN.filter(({ pattern }) => pattern.test(line)).map(({ what }) => ({
      path,
      line: index + 1,
      message: `names ${what}: ${line.trim().slice(0, 60)}`,
    })),
  );
}
