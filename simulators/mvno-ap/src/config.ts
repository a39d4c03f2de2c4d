import { z } from 'zod';

const port = z.coerce.number().int().min(0).max(65_535);

const mvnoApConfig = z.object({
  host: z.string().min(1).default('127.0.0.1'),
  /** 0 takes a free port. The admin door always listens on loopback. */
  port: port.default(0),
  adminPort: port.default(0),
  /** Where received results are kept; `null` keeps them in memory only. */
  dataDir: z.string().min(1).nullable().default(null),
});

export type MvnoApConfig = z.infer<typeof mvnoApConfig>;

export const defaultMvnoApConfig: MvnoApConfig = mvnoApConfig.parse({});

/** Throws a ZodError that names every bad setting. */
export function readMvnoApConfig(env: Readonly<Record<string, string | undefined>>): MvnoApConfig {
  return mvnoApConfig.parse({
    host: env['MVNO_AP_HOST'],
    port: env['MVNO_AP_PORT'] ?? 4020,
    adminPort: env['MVNO_AP_ADMIN_PORT'] ?? 4021,
    dataDir: env['MVNO_AP_DATA_DIR'],
  });
}
