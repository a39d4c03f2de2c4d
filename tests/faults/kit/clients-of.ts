import type { Client } from './client.ts';
import type { Stack } from './stack.ts';

/** A front end for each customer, signed in one after another: so many at once would be turned away. */
export async function clientsOf(stack: Stack): Promise<readonly Client[]> {
  const clients: Client[] = [];
  for (const customer of stack.customers) clients.push(await stack.client(customer));
  return clients;
}
