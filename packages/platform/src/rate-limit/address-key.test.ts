import { describe, expect, it } from '@jest/globals';

import { addressKeyOf, plainAddressOf } from './index.ts';

describe('The key of an address', () => {
  it.each([
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['2001:DB8:0001::', '2001:db8:1:0::/64'],
    ['2001:db8:0:1:ffff::2', '2001:db8:0:1::/64'],
    ['::1', '0:0:0:0::/64'],
    ['::', '0:0:0:0::/64'],
    ['203.0.113.7', '203.0.113.7'],
    ['::ffff:203.0.113.7', '203.0.113.7'],
    ['0:0:0:0:0:ffff:203.0.113.7', '203.0.113.7'],
    ['::FFFF:cb00:7107', '203.0.113.7'],
    ['203.0.113.7:5678', '203.0.113.7'],
    ['unknown', 'unknown'],
  ])('is of IPv6 the network, of IPv4 the address however it is written: %s', (address, key) => {
    expect(addressKeyOf(address)).toBe(key);
  });
});

describe('An address', () => {
  it.each([
    ['203.0.113.7', '203.0.113.7'],
    ['203.0.113.7:5678', '203.0.113.7'],
    ['[::ffff:203.0.113.7]:443', '203.0.113.7'],
    ['0:0:0:0:0:FFFF:cb00:7107', '203.0.113.7'],
    ['[2001:DB8:0001::2]', '2001:db8:1::2'],
    ['fe80::1%eth0', 'fe80::1'],
    ['::203.0.113.7', '::cb00:7107'],
  ])('has one plain form: %s', (text, plain) => {
    expect(plainAddressOf(text)).toBe(plain);
  });

  it.each([
    '',
    'unknown',
    'localhost',
    '256.0.0.1',
    '1.2.3',
    '1.2.3.4:',
    '1.2.3.4:x',
    '[1.2.3.4',
    '2001:db8::1::2',
    '[]:1',
  ])('is an IP address and nothing else: %j', (text) => {
    expect(plainAddressOf(text)).toBeNull();
  });
});
