import { describe, expect, it } from '@jest/globals';

import { createTrustedProxies, readNetwork } from './trusted-proxies.ts';

describe('Trusted proxies', () => {
  it('are networks or single addresses, and nothing else', () => {
    expect(readNetwork('10.0.0.0/8')).toEqual({ address: '10.0.0.0', prefixLength: 8 });
    expect(readNetwork('203.0.113.7')).toEqual({ address: '203.0.113.7', prefixLength: 32 });
    expect(readNetwork('2001:db8::/32')).toEqual({ address: '2001:db8::', prefixLength: 32 });
    for (const text of [
      '',
      'loopback',
      '10.0.0.0/33',
      '10.0.0.0/-1',
      '10.0.0.0/8/8',
      '10.0.0/8',
      '*',
      '::/129',
      '1.2.3.4/',
    ]) {
      expect([text, readNetwork(text)]).toEqual([text, null]);
    }
  });

  it('hold what is in them, IPv4 written as IPv6 or with a port too, and nobody when there are none', () => {
    const isTrusted = createTrustedProxies([
      { address: '10.0.0.0', prefixLength: 8 },
      { address: '2001:db8::', prefixLength: 32 },
    ]);
    const inside = ['10.1.2.3', '::ffff:10.1.2.3', '10.1.2.3:443', '2001:db8:1::1', '[2001:db8::1]:443'];
    const outside = ['11.0.0.1', '::ffff:11.0.0.1', '2001:db9::1', '::1', 'localhost', '', '10.0.0.1, 10.0.0.2'];
    expect(inside.filter(isTrusted)).toEqual(inside);
    expect(outside.filter(isTrusted)).toEqual([]);
    expect(inside.filter(createTrustedProxies([]))).toEqual([]);
  });
});
