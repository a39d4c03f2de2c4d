import { describe, expect, it } from '@jest/globals';

import { addressKeyOf } from './index.ts';

describe('The key of an address', () => {
  it.each([
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0001::', '2001:db8:1:0::/64'],
    ['2001:db8:0:1:ffff::2', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['unknown', 'unknown'],
  ])('is of IPv6 the network, of IPv4 the address however it is written: %s', (address, key) => {
    expect(addressKeyOf(address)).toBe(key);
  });
});
