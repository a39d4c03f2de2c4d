import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const kosConfig = z.object({
  host: z.string().min(1).default('127.0.0.1'),
  /** 0 takes a free port. The admin door always listens on loopback. */
  port: port.default(0),
  adminPort: port.default(0),
  /** Where changes are kept; `null` keeps them in memory only. */
  dataDir: z.string().min(1).nullable().default(null),
  seed: z.string().min(1).default('kos'),
  customerCount: z.coerce.number().int().min(0).max(999_999).default(10_000),
  callsPerMinute: z.coerce.number().int().positive().default(100),
  /** Multiplies the usual delay and those of the scenario lines, not those set by a fault. */
  latencyScale: z.coerce.number().min(0).default(1),
  successDelayMs: z.coerce.number().int().min(0).default(500),
});

export type KosConfig = z.infer<typeof kosConfig>;

export const defaultKosConfig: KosConfig = kosConfig.parse({});

/** Throws a ZodError that names every bad setting. */
export function readKosConfig(env: Readonly<Record<string, string | undefined>>): KosConfig {
  return kosConfig.parse({
    host: env['KOS_HOST'],
    port: env['KOS_PORT'] ?? 4010,
    adminPort: env['KOS_ADMIN_PORT'] ?? 4011,
    dataDir: env['KOS_DATA_DIR'],
    seed: env['KOS_SEED'],
    customerCount: env['KOS_CUSTOMERS'],
    callsPerMinute: env['KOS_CALLS_PER_MINUTE'],
    latencyScale: env['KOS_LATENCY_SCALE'],
    successDelayMs: env['KOS_SUCCESS_DELAY_MS'],
  });
}
