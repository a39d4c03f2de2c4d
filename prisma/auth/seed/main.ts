import { readAuthConfig } from '@supergraph/auth/config';
import { seedDemoAccounts } from '@supergraph/auth/demo-accounts';

// Run by `prisma db seed`, for a database of one's own to try things in; the embedded mode seeds its database itself.
await seedDemoAccounts(readAuthConfig(process.env));
