import { defineConfig } from 'prisma/config';

// `generate` reads this file too and needs no database, so a missing address must not throw here.
export default defineConfig({
  schema: 'schema.prisma',
  migrations: { path: 'migrations' },
  datasource: { url: process.env['GATEWAY_DATABASE_URL'] ?? 'postgresql://unset' },
});
