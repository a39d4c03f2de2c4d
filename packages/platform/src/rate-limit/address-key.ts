import { isIPv4, isIPv6 } from 'node:net';

const groupsOfNetwork = 4;
const withPort = /^\[(?<v6>[^\]]*)\](?::\d{1,5})?$|^(?<v4>[\d.]+):\d{1,5}$/;
const mapped = /^::ffff:(?<high>[\da-f]{1,4}):(?<low>[\da-f]{1,4})$/;

/** The IPv4 address that one of IPv6 stands for, if it does. */
function mappedIn(address: string): string | null {
  const { high, low } = mapped.exec(address)?.groups ?? {};
  if (high === undefined || low === undefined) return null;
  return [high, low]
    .map((group) => Number.parseInt(group, 16))
    .flatMap((group) => [group >> 8, group & 255])
    .join('.');
}

/**
 * An IP address in its one plain form, however proxies and sockets write it: with a port, in brackets, with a zone, IPv4
 * as IPv6. Null for what is none.
 */
export function plainAddressOf(text: string): string | null {
  const { v4, v6 } = withPort.exec(text)?.groups ?? {};
  const address = v4 ?? v6 ?? text;
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return null;
  const [withoutZone = ''] = address.split('%');
  const plain = new URL(`http://[${withoutZone}]`).hostname.slice(1, -1);
  return mappedIn(plain) ?? plain;
}

/** The eight groups of an IPv6 address, `::` written out. */
function groupsOf(address: string): readonly string[] {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  if (tail === undefined) return before;
  const after = tail === '' ? [] : tail.split(':');
  return [...before, ...Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0'), ...after];
}

/**
 * The key by which an address is limited: of IPv6 its network (/64), which is what one subscriber is given, and IPv4 as
 * it is, also when it is written as IPv6.
 */
export function addressKeyOf(address: string): string {
  const plain = plainAddressOf(address) ?? address;
  return isIPv6(plain) ? `${groupsOf(plain).slice(0, groupsOfNetwork).join(':')}::/64` : plain;
}
