import { plainAddressOf } from '@supergraph/platform/rate-limit';
import type { FastifyRequest } from 'fastify';

/**
 * The address of whoever sent a request, in its plain form. Where a proxy of ours says something that is no address, it is
 * that of the proxy, so that nobody shares a limit with all who are unknown elsewhere.
 */
export function clientAddressOf({ ip, ips = [] }: Pick<FastifyRequest, 'ip' | 'ips'>): string {
  // from the connection outward, to the first that is no proxy of ours
  return ips.flatMap((address) => plainAddressOf(address) ?? []).at(-1) ?? ip;
}
