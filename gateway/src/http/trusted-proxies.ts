import { BlockList, isIP, isIPv4 } from 'node:net';

import { plainAddressOf } from '@supergraph/platform/rate-limit';

/** Tells whether an address belongs to a proxy of ours, which is then believed about whom it speaks for. */
export type IsTrustedProxy = (address: string) => boolean;

/** Addresses of one network, as in CIDR notation. */
export interface Network {
  readonly address: string;
  readonly prefixLength: number;
}

const widest = (address: string): number => (isIPv4(address) ? 32 : 128);

/** Reads `10.0.0.0/8`, `2001:db8::/32` or a single address; null when it is neither. */
export function readNetwork(text: string): Network | null {
  const [address = '', length, ...more] = text.split('/');
  if (isIP(address) === 0 || more.length > 0) return null;
  const prefixLength = length === undefined ? widest(address) : Number(/^\d{1,3}$/.exec(length)?.[0] ?? Number.NaN);
  return prefixLength <= widest(address) ? { address, prefixLength } : null;
}

const familyOf = (address: string) => (isIPv4(address) ? 'ipv4' : 'ipv6');

/** Makes the test for a list of networks; with none nobody is believed. */
export function createTrustedProxies(networks: readonly Network[]): IsTrustedProxy {
  const trusted = new BlockList();
  for (const { address, prefixLength } of networks) trusted.addSubnet(address, prefixLength, familyOf(address));
  return (address) => {
    const plain = plainAddressOf(address);
    return plain !== null && trusted.check(plain, familyOf(plain));
  };
}
