import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';

import { ConfigError, count, flag, httpUrl, keyBytes, milliseconds, port, readConfig } from './index.ts';

const schema = z.object({
  PORT: port().default(4000),
  KOS_URL: httpUrl(),
  KOS_TIMEOUT_MS: milliseconds().default(3_000),
  INSTANCES: count().default(1),
  VERBOSE: flag().default(false),
  KEY: keyBytes(32),
});
const KEY = Buffer.alloc(32, 7).toString('base64');

describe('a service’s configuration', () => {
  it('is read with its defaults, once', () => {
    expect(readConfig('Billing', schema, { KOS_URL: 'http://kos:1/', KEY, PORT: '' })).toEqual({
      PORT: 4000,
      KOS_URL: 'http://kos:1',
      KOS_TIMEOUT_MS: 3_000,
      INSTANCES: 1,
      VERBOSE: false,
      KEY: Buffer.alloc(32, 7),
    });
  });

  it('names every problem at once and repeats no value', () => {
    const read = () => readConfig('Billing', schema, { PORT: '99999', KOS_TIMEOUT_MS: '3s', KEY: 'c2VjcmV0' });
    expect(read).toThrow(ConfigError);
    expect(read).toThrow(
      [
        'Billing cannot start:',
        '- PORT must be a port from 0 to 65535',
        '- KOS_URL is missing',
        '- KOS_TIMEOUT_MS must be whole milliseconds',
        '- KEY must hold at least 32 bytes',
      ].join('\n'),
    );
  });

  it.each(['ftp://kos', 'kos', 'javascript:alert(1)'])('refuses %s as an address', (address) => {
    expect(() => readConfig('Billing', schema, { KOS_URL: address, KEY })).toThrow(
      'KOS_URL must be an http(s) address',
    );
  });
});
