import { mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** A backup is personal data: nobody but its owner enters. */
const privateFolder = 0o700;
const privateFile = 0o600;

export const makePrivateFolder = async (folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true, mode: privateFolder });
};

/** Writes a new file that is on the disk afterwards. */
export async function writePrivateFile(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx', privateFile);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes sure that the disk knows which files a folder has. */
export async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and keeps their entries by itself.
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Gives a folder that is whole its name; a crash at any moment leaves the one name or the other. */
export async function renameDurably(from: string, to: string): Promise<void> {
  await rename(from, to);
  await syncFolder(path.dirname(to));
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
