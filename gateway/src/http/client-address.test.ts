import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';

import { aGateway, type TestGateway } from '../testing/a-gateway.ts';

let g: TestGateway;
beforeAll(async () => {
  g = await aGateway(
    { auth: { Query: { me: () => ({ id: 'usr_1' }) } } },
    { RATE_LIMITS: 'on', TRUSTED_PROXIES: '127.0.0.0/8,10.0.0.0/8' },
  );
});
afterAll(() => g.close());

/** What is left of the anonymous requests of an address, one for each that it sends. */
const leftFor = async (forwardedFor: string | null) => {
  const headers = forwardedFor === null ? {} : { 'x-forwarded-for': forwardedFor };
  return Number((await g.ask('{ me { id } }', { headers })).headers.get('ratelimit-remaining'));
};

async function expectOneAddress(spellings: readonly (string | null)[]): Promise<void> {
  const left: number[] = [];
  for (const spelling of spellings) left.push(await leftFor(spelling));
  const [first = 0] = left;
  expect(left).toEqual(spellings.map((_, nth) => first - nth));
}

describe('The address of a client behind a proxy of ours', () => {
  it('is one, however the proxy writes it, and whatever port the client has this time', async () => {
    await expectOneAddress([
      '203.0.113.7',
      '203.0.113.7:5678',
      '203.0.113.7:5679',
      '::ffff:203.0.113.7',
      '0:0:0:0:0:ffff:203.0.113.7',
      '::FFFF:cb00:7107',
      '[::ffff:203.0.113.7]:443',
      '198.51.100.1, 203.0.113.7:1, 10.0.0.1:80',
    ]);
    await expectOneAddress(['2001:db8::1', '[2001:db8::2]', '[2001:DB8:0:0::3]:443']);
  });

  it('is that of the proxy next to it when what is said is no address', async () => {
    await expectOneAddress([null, 'unknown', '_hidden', '203.0.113.7:x', '256.0.0.1']);
    await expectOneAddress(['10.0.0.2', 'unknown, 10.0.0.2', 'unknown, 10.0.0.2:80']);
  });
});
