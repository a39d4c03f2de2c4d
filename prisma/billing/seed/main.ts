import { readBillingConfig } from '@supergraph/billing/config';
import { seedDemoCustomers } from '@supergraph/billing/demo-customers';

// Run by `prisma db seed`, for a database of one's own to try things in; everybody else's lines come when they ask.
await seedDemoCustomers(readBillingConfig(process.env));
