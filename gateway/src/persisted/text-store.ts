import { LRUCache } from 'lru-cache';

/** Where operation texts are kept that clients registered by themselves; it may forget any of them at any time. */
export interface TextStore {
  get(id: string): Promise<string | null>;
  put(id: string, text: string): Promise<void>;
}

const rememberedTexts = 1_000;
const rememberedCharacters = 4_000_000;

/** Keeps texts in this process. */
export function createMemoryTextStore(): TextStore {
  const texts = new LRUCache<string, string>({
    max: rememberedTexts,
    maxSize: rememberedCharacters,
    sizeCalculation: (text) => text.length,
  });
  return {
    get: (id) => Promise.resolve(texts.get(id) ?? null),
    put: (id, text) => {
      texts.set(id, text);
      return Promise.resolve();
    },
  };
}

const keptSeconds = 24 * 60 * 60;

/** What is needed of a Redis client. */
interface RedisTexts {
  get(key: string): Promise<string | null>;
  set(key: string, value: string, expiry: 'EX', seconds: number): Promise<unknown>;
}

/** Keeps texts in Redis for all instances, a day from their last registration. While Redis is away nothing is found. */
export function createRedisTextStore(
  redis: RedisTexts,
  by: { readonly prefix: string; readonly failed: (error: unknown) => void },
): TextStore {
  const { prefix, failed } = by;
  return {
    async get(id) {
      try {
        return await redis.get(`${prefix}${id}`);
      } catch (error) {
        failed(error);
        return null;
      }
    },
    async put(id, text) {
      try {
        await redis.set(`${prefix}${id}`, text, 'EX', keptSeconds);
      } catch (error) {
        failed(error);
      }
    },
  };
}
