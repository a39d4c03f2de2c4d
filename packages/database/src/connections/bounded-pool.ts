import pg from 'pg';

import type { Reachability } from './reachability.ts';
import { isSilence } from './silence.ts';

/** Every connection stayed taken for as long as anybody may wait for one. */
export class NoFreeConnection extends Error {
  constructor(waitedMs: number) {
    super(`no connection came free within ${waitedMs} ms`);
    this.name = 'NoFreeConnection';
  }
}

type Done = (release?: Error | boolean) => void;
type Taken = (error: Error | undefined, client: pg.PoolClient | undefined, done: Done) => void;

export interface BoundedPoolConfig extends pg.PoolConfig {
  readonly max: number;
  /** How long somebody waits for a connection that others use. */
  readonly acquireTimeoutMs: number;
}

/**
 * A pool in which the wait for a free connection has a limit of its own, apart from how long making one may take, and which
 * does not make anybody wait for a server that is known to be silent.
 */
export class BoundedPool extends pg.Pool {
  readonly #max: number;
  readonly #acquireTimeoutMs: number;
  readonly #reachability: Reachability;

  constructor({ acquireTimeoutMs, ...config }: BoundedPoolConfig, reachability: Reachability) {
    super(config);
    this.#max = config.max;
    this.#acquireTimeoutMs = acquireTimeoutMs;
    this.#reachability = reachability;
  }

  override connect(): Promise<pg.PoolClient>;
  override connect(taken: Taken): void;
  override connect(taken?: Taken): Promise<pg.PoolClient> | undefined {
    const client = this.#take();
    if (taken === undefined) return client;
    client.then(
      (got) => {
        taken(undefined, got, got.release.bind(got));
      },
      (error: unknown) => {
        taken(error instanceof Error ? error : new Error(String(error)), undefined, () => undefined);
      },
    );
    return undefined;
  }

  override async end(ended?: () => void): Promise<void> {
    this.#reachability.close();
    await super.end();
    ended?.();
  }

  async #take(): Promise<pg.PoolClient> {
    await this.#reachability.pass();
    const isTaken = this.totalCount >= this.#max && this.idleCount <= this.waitingCount;
    return isTaken ? await this.#queue() : await this.#connectOrDoubt();
  }

  async #connectOrDoubt(): Promise<pg.PoolClient> {
    try {
      return await super.connect();
    } catch (error) {
      if (isSilence(error)) this.#reachability.doubt();
      throw error;
    }
  }

  #queue(): Promise<pg.PoolClient> {
    return new Promise((resolve, reject) => {
      let isOver = false;
      const giveUp = () => {
        if (isOver) return;
        isOver = true;
        reject(new NoFreeConnection(this.#acquireTimeoutMs));
      };
      // What came in while this process was busy is looked at first: its own slowness is not the database's.
      const patience = setTimeout(() => setImmediate(giveUp), this.#acquireTimeoutMs);
      super.connect().then(
        (client) => {
          clearTimeout(patience);
          if (isOver) client.release();
          isOver = true;
          resolve(client);
        },
        (error: unknown) => {
          clearTimeout(patience);
          isOver = true;
          reject(error instanceof Error ? error : new Error(String(error)));
        },
      );
    });
  }
}
