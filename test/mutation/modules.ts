import { transformSync } from '@swc/core';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, resolve } from 'node:path';
import { compileFunction } from 'node:vm';

/** Runs one module: what it exports is put on `module.exports`. */
type Body = (module: { exports: unknown }, exports: unknown, require: Loader) => void;

/** Answers what a module exports. @throws whatever the module throws while it is loaded. */
export type Loader = (specifier: string) => unknown;

const SWC = {
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
  module: { type: 'commonjs' },
} as const;

/**
 * TypeScript modules below a folder. Each file is compiled once and may be run many times:
 * every loader has modules of its own, so nothing that one run remembers reaches the next.
 * Packages are loaded once, as the process itself has them.
 */
export class Modules {
  readonly #root: string;
  readonly #packages: NodeJS.Require;
  readonly #bodies = new Map<string, Body>();

  constructor(root: string) {
    this.#root = root;
    this.#packages = createRequire(resolve(root, 'package.json'));
  }

  /** A loader for paths from the root (`./billing/money.ts`); none of its modules has run yet. */
  fresh(): Loader {
    const loaded = new Map<string, { exports: unknown }>();
    const from = (folder: string): Loader => {
      return (specifier) => {
        if (!specifier.startsWith('.')) return this.#packages(specifier) as unknown;
        const path = resolve(folder, specifier).replace(/\.js$/, '.ts');
        const known = loaded.get(path);
        if (known) return known.exports;
        const module = { exports: {} };
        loaded.set(path, module);
        this.#bodyOf(path)(module, module.exports, from(dirname(path)));
        return module.exports;
      };
    };
    return from(this.#root);
  }

  #bodyOf(path: string): Body {
    const known = this.#bodies.get(path);
    if (known) return known;
    const { code } = transformSync(readFileSync(path, 'utf8'), { ...SWC, filename: path });
    const parameters = ['module', 'exports', 'require'];
    const body = compileFunction(code, parameters, { filename: path }) as Body;
    this.#bodies.set(path, body);
    return body;
  }
}
