import { defineConfig } from 'prisma/config';

// `generate` reads this file too and needs no database, so a missing address must not throw here.
export default defineConfig({
  schema: 'schema.prisma',
  // There is nothing to seed: billing learns what it holds from KOS and from those who ask.
  migrations: { path: 'migrations' },
  datasource: { url: process.env['BILLING_DATABASE_URL'] ?? 'postgresql://unset' },
});
