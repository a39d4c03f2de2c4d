import { isIP, isIPv4 } from 'node:net';

import { inOrdinaryWidth } from './characters.ts';
import { unknownShape } from './unknown-shape.ts';

const maskedV4 = /^(?:::ffff:)?\d{1,3}\.\d{1,3}\.\*{3}\.\d{1,3}$/i;
const maskedV6 = /^[\da-f:]{1,40}:\*{4}$/i;
const mapped = /^::ffff:(?=\d+\.)/i;

/** 192.168.***.10 and 2001:db8::****: bits 17 to 24 of version 4, the last 16 of version 6. */
export function maskIpAddress(text: string): string {
  const ordinary = inOrdinaryWidth(text);
  if (maskedV4.test(ordinary) || maskedV6.test(ordinary)) return ordinary;
  const [prefix = ''] = mapped.exec(ordinary) ?? [];
  const address = ordinary.slice(prefix.length);
  if (isIPv4(address)) return prefix + address.replace(/^(\d+\.\d+)\.\d+/, '$1.***');
  if (isIP(ordinary) === 0) return unknownShape;
  const [withoutZone = ''] = ordinary.split('%');
  return `${withoutZone.slice(0, withoutZone.lastIndexOf(':'))}:****`;
}
