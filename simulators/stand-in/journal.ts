import { mkdir, open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';

/** An append-only file of JSON lines: what `append` resolved for survives kill -9. Callers append one at a time. */
export interface Journal<Entry> {
  load(): Promise<readonly Entry[]>;
  append(entry: Entry): Promise<void>;
  close(): Promise<void>;
}

interface JournalOptions<Entry> {
  readonly path: string;
  readonly decode: (raw: unknown) => Entry;
}

export function createFileJournal<Entry>({ path, decode }: JournalOptions<Entry>): Journal<Entry> {
  let file: FileHandle | undefined;
  let length = 0;

  return {
    async load() {
      await mkdir(dirname(path), { recursive: true });
      file = await open(path, 'a+');
      const lines = wholeLines(await file.readFile('utf8'));
      const entries = lines.map((line) => decode(JSON.parse(line)));
      length = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
      await file.truncate(length);
      return entries;
    },
    async append(entry) {
      if (!file) throw new Error(`The journal ${path} is not open`);
      const line = Buffer.from(`${JSON.stringify(entry)}\n`);
      try {
        await file.appendFile(line);
        await file.datasync();
        length += line.length;
      } catch (cause) {
        await file.truncate(length);
        throw cause;
      }
    },
    async close() {
      await file?.close();
      file = undefined;
    },
  };
}

/** Forgets everything when the process ends; for tests and throw-away runs. */
export function createMemoryJournal<Entry>(): Journal<Entry> {
  return { load: () => Promise.resolve([]), append: () => Promise.resolve(), close: () => Promise.resolve() };
}

/** A crash can tear only the last line: it is dropped. A broken line before it is damage, and stays to be reported. */
function wholeLines(text: string): string[] {
  const lines = text.split('\n').slice(0, -1);
  const last = lines.at(-1);
  return last === undefined || isJson(last) ? lines : lines.slice(0, -1);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
