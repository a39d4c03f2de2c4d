import { readAuthConfig } from '@supergraph/auth/config';
import { seedDemoAccounts } from '@supergraph/auth/demo-accounts';

if (process.env['NODE_ENV'] === 'production') {
  throw new Error('the passwords of demo accounts are known to everybody: not with NODE_ENV=production');
}
// Run by `prisma db seed`, for a database of one's own to try things in; the embedded mode seeds its database itself.
await seedDemoAccounts(readAuthConfig(process.env));
