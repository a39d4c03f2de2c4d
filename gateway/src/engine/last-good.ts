import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Keeps the last supergraph that was good, for a start at which there is no good one to be had. */
export interface LastGood {
  keep(sdl: string): Promise<void>;
  /** Null when nothing was kept yet. */
  read(): Promise<string | null>;
}

const isMissing = (error: unknown): boolean =>
  typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';

/** Keeps it in a file that is replaced as a whole, so that a stop half-way leaves the one before. */
export const lastGoodIn = (path: string): LastGood => ({
  keep: async (sdl) => {
    await mkdir(dirname(path), { recursive: true });
    const draft = `${path}.${randomUUID()}`;
    const file = await open(draft, 'w', 0o600);
    try {
      await file.writeFile(sdl);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(draft, path);
  },
  read: async () => {
    try {
      return await readFile(path, 'utf8');
    } catch (error) {
      if (isMissing(error)) return null;
      throw error;
    }
  },
});

/** For a gateway that is given no place to keep it. */
export const keepsNothing: LastGood = { keep: () => Promise.resolve(), read: () => Promise.resolve(null) };
