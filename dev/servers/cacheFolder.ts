import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Version of Temporal's command line that is downloaded or built. */
export const TEMPORAL_VERSION = 'v1.5.1';

/** Version of the SecantusDB wheel on PyPI. */
export const WHEEL_VERSION = '0.7.0b3';

/** Version of the SecantusDB crate. */
export const CRATE_VERSION = '0.5.3-beta.196';

/** Operating system and processor, as in `linux-x64`: part of every path in the cache. */
export const PLATFORM = `${process.platform}-${process.arch}`;

/** Folder of one version of one program in the cache. */
export function cachedFolder(cache: string, product: string, version: string): string {
  return join(cache, product, version, PLATFORM);
}

/**
 * Fills a folder of the cache all or nothing: `fill` writes into a partial one beside it, which
 * takes the final name when it is complete. What stood there before is replaced.
 * @throws what `fill` throws; the cache is then as before.
 */
export async function fillFolder(
  folder: string,
  fill: (partial: string) => Promise<void>,
): Promise<void> {
  const partial = `${folder}.partial-${process.pid}`;
  try {
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true });
    await fill(partial);
    await mkdir(dirname(folder), { recursive: true });
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}
