import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { EmbeddedPostgres, EmbeddedPostgresOptions } from './embedded-postgres.ts';
import { startEmbeddedPostgres } from './embedded-postgres.ts';
import { ensureDatabase } from './ensure-database.ts';
import { withConnection } from './maintenance-connection.ts';
import { prepareBinaries } from './postgres-server/binaries.ts';
import { copyReadable } from './postgres-server/copy-readable.ts';
import { isReachable } from './postgres-server/reachable.ts';
import { findRefuge } from './postgres-server/refuge.ts';
import { prepareServerFolder } from './postgres-server/server-folder.ts';
import { findFreePort } from './processes/free-port.ts';
import { isAlive } from './processes/is-alive.ts';
import { eventually } from './testing/eventually.ts';

/** One folder for all: making a cluster takes longer than everything else here. */
let folder: string;
let running: EmbeddedPostgres[] = [];

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'supergraph-postgres-'));
});

afterEach(async () => {
  await Promise.all(running.map((server) => server.stop()));
  running = [];
});

afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<EmbeddedPostgresOptions> = {}): Promise<EmbeddedPostgres> {
  const server = await startEmbeddedPostgres({ folder, refuge: path.join(folder, 'refuge'), ...options });
  running.push(server);
  return server;
}

const addNote = (server: EmbeddedPostgres, text: string): Promise<unknown> =>
  withConnection(server.urlOf('postgres'), async (client) => {
    await client.query('CREATE TABLE IF NOT EXISTS note (text text)');
    await client.query('INSERT INTO note VALUES ($1)', [text]);
  });

const readNotes = (server: EmbeddedPostgres): Promise<string[]> =>
  withConnection(server.urlOf('postgres'), async (client) => {
    const { rows } = await client.query<{ text: string }>('SELECT text FROM note ORDER BY text');
    return rows.map((row) => row.text);
  });

const lockFile = (): string => path.join(folder, 'cluster', 'postmaster.pid');

const serverPid = async (): Promise<number> =>
  Number((await readFile(lockFile(), 'utf8').catch(() => '')).split('\n')[0]);

describe('the embedded PostgreSQL', () => {
  it('keeps what was committed over a restart, behind a random password that only its user may read', async () => {
    const first = await start();
    await addNote(first, 'restart');
    await first.stop();
    const second = await start();
    expect(await readNotes(second)).toEqual(['restart']);
    const password = path.join(folder, 'password');
    expect((await stat(password)).mode & 0o777).toBe(0o600);
    expect(await readFile(password, 'utf8')).toMatch(/^[0-9a-f]{48}\n$/);
    await expect(
      withConnection(`postgresql://supergraph@127.0.0.1:${second.port}/postgres`, () => Promise.resolve()),
    ).rejects.toThrow(/password/);
  });

  it('listens on the loopback address alone and on no socket file', async () => {
    const server = await start();
    const settings = await withConnection(server.urlOf('postgres'), async (client) => {
      const { rows } = await client.query<{ setting: string }>(
        `SELECT current_setting('listen_addresses') || '|' || current_setting('unix_socket_directories') AS setting`,
      );
      return rows;
    });
    expect(settings).toEqual([{ setting: '127.0.0.1|' }]);
  });

  it('creates a database once, however many ask for it', async () => {
    const server = await start();
    const url = server.urlOf('billing');
    await Promise.all([ensureDatabase(url), ensureDatabase(url), ensureDatabase(url)]);
    await expect(withConnection(url, (client) => client.query('SELECT 1'))).resolves.toMatchObject({ rowCount: 1 });
  });

  it('says so when the server dies, and loses nothing that was committed', async () => {
    const first = await start();
    await addNote(first, 'committed');
    process.kill(await serverPid(), 'SIGKILL');
    expect(await first.diedUnasked).toContain('ready to accept connections');
    expect(await readNotes(await start())).toContain('committed');
  });

  it('refuses a folder that another one uses, and names it', async () => {
    await start();
    await expect(start()).rejects.toMatchObject({
      code: 'FOLDER_IN_USE',
      message: expect.stringContaining(`in use by process ${process.pid}`),
    });
  });

  it('names a port that is taken', async () => {
    const port = await findFreePort();
    const occupant = createServer().listen(port, '127.0.0.1');
    await once(occupant, 'listening');
    try {
      await expect(start({ port })).rejects.toMatchObject({
        code: 'PORT_TAKEN',
        message: expect.stringContaining(`Port ${port} `),
      });
    } finally {
      occupant.close();
    }
  });

  it('is not misled by a stale lock file whose process number now belongs to somebody else', async () => {
    const first = await start();
    await addNote(first, 'stale lock');
    await first.stop();
    const stale = [process.pid, path.join(folder, 'cluster'), 1_700_000_000, 5432, '', '127.0.0.1', '', 'ready'];
    await writeFile(lockFile(), `${stale.join('\n')}\n`);
    expect(await readNotes(await start())).toContain('stale lock');
  });

  it('says what to do on a system for which there are no binaries', async () => {
    await expect(prepareBinaries({ path: folder, identity: undefined }, 'linux-s390x')).rejects.toMatchObject({
      code: 'UNSUPPORTED_PLATFORM',
      message: expect.stringContaining('set AUTH_DATABASE_URL'),
    });
  });

  it('says what to do when the password is lost', async () => {
    await (await start()).stop();
    const password = path.join(folder, 'password');
    await rename(password, `${password}-lost`);
    await expect(start()).rejects.toMatchObject({
      code: 'FOLDER_UNUSABLE',
      message: expect.stringContaining('remove'),
    });
    await rename(`${password}-lost`, password);
  });
});

describe('an embedded PostgreSQL whose owner was killed', () => {
  let owner: ChildProcess;

  beforeEach(async () => {
    const program = `
      import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./embedded-postgres.ts', import.meta.url).href)};
      const server = await startEmbeddedPostgres({ folder: ${JSON.stringify(folder)} });
      console.log(server.port);`;
    owner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (owner.stdout !== null) await once(owner.stdout, 'data');
  });

  afterEach(() => {
    owner.kill('SIGKILL');
  });

  it('stops by itself', async () => {
    const pid = await serverPid();
    owner.kill('SIGKILL');
    await eventually(() => !isAlive(pid));
  });

  it('is waited for by the next one', async () => {
    owner.kill('SIGKILL');
    await expect(start()).resolves.toBeDefined();
  });

  it('is shut down by the next one, without loss, when it has stayed behind', async () => {
    owner.kill('SIGKILL');
    const server = await start();
    await addNote(server, 'left behind');
    await server.stop();
    const leftover = await startWithoutOwner();
    const next = await start();
    expect(isAlive(leftover)).toBe(false);
    expect(await readNotes(next)).toContain('left behind');
  });
});

/** A server as it is left behind when its owner and its lifeline are killed at once. */
async function startWithoutOwner(): Promise<number> {
  const home = await prepareServerFolder({ folder, refuge: folder, say: () => undefined });
  const { postgres } = await prepareBinaries(home);
  const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='];
  const server = spawn(
    postgres,
    ['-D', path.join(folder, 'cluster'), '-p', String(await findFreePort()), ...settings],
    {
      ...home.identity,
      env: {},
      stdio: 'ignore',
    },
  );
  await eventually(async () => (await serverPid()) === server.pid);
  return server.pid ?? 0;
}

describe('a database kept outside its project', () => {
  it('is found again by its project, and goes when that is gone', async () => {
    const refuge = path.join(folder, 'kept');
    const [gone, other] = [path.join(folder, 'gone'), path.join(folder, 'other')];
    await Promise.all([mkdir(gone), mkdir(other)]);
    const first = await findRefuge(gone, refuge);
    expect(await findRefuge(gone, refuge)).toBe(first);
    const second = await findRefuge(other, refuge);
    expect(await readdir(refuge)).toHaveLength(2);

    await rm(gone, { recursive: true });
    await mkdir(gone);
    const third = await findRefuge(gone, refuge);
    expect((await readdir(refuge)).sort()).toEqual([second, third].map((kept) => path.basename(kept)).sort());
  });
});

describe('for a server that may not run as root', () => {
  const nobody = { uid: 65_534, gid: 65_534 };

  it('a folder is within reach when every folder on the way may be entered', async () => {
    const inner = path.join(folder, 'outer', 'inner');
    await mkdir(inner, { recursive: true });
    await chmod(folder, 0o711);
    expect(await isReachable(inner, nobody)).toBe(true);
    await chmod(path.join(folder, 'outer'), 0o700);
    expect(await isReachable(inner, nobody)).toBe(process.getuid?.() === nobody.uid);
  });

  it('the binaries are copied so that everybody may run them', async () => {
    const source = path.join(folder, 'source');
    await mkdir(path.join(source, 'bin'), { recursive: true, mode: 0o700 });
    await writeFile(path.join(source, 'bin', 'tool'), 'tool', { mode: 0o700 });
    await writeFile(path.join(source, 'library'), 'library', { mode: 0o600 });
    const target = path.join(folder, 'copy');
    await Promise.all([copyReadable(source, target), copyReadable(source, target)]);
    const modes = ['', 'bin', 'bin/tool', 'library'].map(async (entry) => (await stat(path.join(target, entry))).mode);
    expect((await Promise.all(modes)).map((mode) => mode & 0o777)).toEqual([0o755, 0o755, 0o755, 0o644]);
  });

  it('the database moves to the refuge when root works where nobody else may enter, and says so', async () => {
    const secluded = path.join(folder, 'home', 'project');
    await mkdir(path.join(folder, 'home'), { mode: 0o700 });
    await chmod(folder, 0o711);
    const said: string[] = [];
    const options = { folder: secluded, say: (sentence: string) => said.push(sentence) };
    const first = await start(options);
    await addNote(first, 'kept');
    await first.stop();
    expect(await readNotes(await start(options))).toEqual(['kept']);
    expect(said).toHaveLength(process.getuid?.() === 0 ? 2 : 0);
  });
});
