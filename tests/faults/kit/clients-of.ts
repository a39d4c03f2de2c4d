import type { Client } from './client.ts';
import type { Stack } from './stack.ts';

/** A front end for each customer, signed in one after another: so many at once would be turned away. */
export async function clientsOf(stack: Stack): Promise<readonly Client[]> {
  const clients: Client[] = [];
  for (const customer of stack.customers) clients.push(await stack.client(customer));
  return clients;
}

/** One front end after another, as numbered questions go round. */
export function inTurn(clients: readonly Client[], nth: number): Client {
  const client = clients[nth % clients.length];
  if (client === undefined) throw new Error('there are no front ends');
  return client;
}
