import { readProductConfig } from '@supergraph/product/config';
import { seedDemoCustomers } from '@supergraph/product/demo-customers';

// Run by `prisma db seed`, for a database of one's own to try things in; everybody else's customers come when they ask.
await seedDemoCustomers(readProductConfig(process.env));
