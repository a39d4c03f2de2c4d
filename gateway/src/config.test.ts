import { describe, expect, it } from '@jest/globals';
import { generateSigningKeyPem } from '@supergraph/platform/identity';

import { readGatewayConfig } from './config.ts';

const pem = generateSigningKeyPem();
const keys = {
  INTERNAL_TOKEN_PRIVATE_KEY: Buffer.from(pem).toString('base64'),
  AUDIT_CHAIN_KEYS: `a1:${Buffer.alloc(32, 1).toString('base64')}`,
};
const required = { ...keys, GATEWAY_DATABASE_URL: 'postgresql://gateway@127.0.0.1/gateway' };

describe('The configuration', () => {
  it('needs nothing but the key of internal tokens, and where and with which keys the audit is kept', () => {
    expect(readGatewayConfig(required)).toMatchObject({
      host: '127.0.0.1',
      port: 4000,
      internalTokenPrivateKey: pem,
      corsOrigins: [],
      logLevel: 'info',
      subgraphTimeoutMs: 3_500,
      overload: { read: { maxInFlight: 400, maxLagMs: 30 }, change: { maxInFlight: 500, maxLagMs: 120 } },
      maxConnections: 5_000,
      maxConnectionsPerAddress: 1500,
      trustedProxies: [],
      certificateFiles: undefined,
      subgraphTlsFiles: { caFile: null, client: null },
      admin: { host: '127.0.0.1', port: 4100 },
      rateLimits: {
        factor: 1,
        clientRequestsPerMinute: 60_000,
        instances: 1,
        redisUrl: null,
        keyPrefix: 'local:v1:gateway:rate',
      },
      drainDelayMs: 0,
      audit: { databaseUrl: required.GATEWAY_DATABASE_URL, keys: { activeKeyId: 'a1' } },
      hasSandbox: true,
      allowsIntrospection: true,
      subgraphUrls: {},
    });
  });

  it('closes Sandbox and introspection in production, unless they are opened on purpose', () => {
    expect(readGatewayConfig({ ...required, NODE_ENV: 'production' })).toMatchObject({
      hasSandbox: false,
      allowsIntrospection: false,
    });
    const opened = { ...required, NODE_ENV: 'production', ENABLE_SANDBOX: 'true', INTROSPECTION: 'true' };
    expect(readGatewayConfig(opened)).toMatchObject({ hasSandbox: true, allowsIntrospection: true });
  });

  it('takes an address for any subgraph, and a list of origins', () => {
    const config = readGatewayConfig({
      ...required,
      SUBGRAPH_GIFT_BOX_URL: 'http://gift/graphql',
      CORS_ORIGINS: 'https://a.example, https://b.example:8443',
    });
    expect(config.subgraphUrls).toEqual({ gift_box: 'http://gift/graphql' });
    expect(config.corsOrigins).toEqual(['https://a.example', 'https://b.example:8443']);
  });

  it('takes networks of proxies, and how much limits are multiplied', () => {
    const config = readGatewayConfig({ ...required, TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::1', RATE_LIMITS: '2.5' });
    expect(config.trustedProxies).toEqual([
      { address: '10.0.0.0', prefixLength: 8 },
      { address: '2001:db8::1', prefixLength: 128 },
    ]);
    expect(config.rateLimits.factor).toBe(2.5);
    expect(readGatewayConfig({ ...required, RATE_LIMITS: 'off' }).rateLimits.factor).toBeNull();
    const open = { ...required, NODE_ENV: 'production', RATE_LIMITS: 'off' };
    expect(() => readGatewayConfig(open)).toThrow('RATE_LIMITS must not be off in production');
    const wrong = { ...required, TRUSTED_PROXIES: 'loopback', RATE_LIMITS: 'never' };
    expect(() => readGatewayConfig(wrong)).toThrow(
      /TRUSTED_PROXIES must list addresses[^]*RATE_LIMITS must be on, off, or by how much/,
    );
  });

  it('does without an audit where that is said outside of production, and not with a database alone', () => {
    const { INTERNAL_TOKEN_PRIVATE_KEY } = keys;
    const off = { INTERNAL_TOKEN_PRIVATE_KEY, AUDIT: 'off' };
    expect(readGatewayConfig(off).audit).toBeNull();
    expect(readGatewayConfig({ ...off, ...keys }).audit).toBeNull();
    expect(readGatewayConfig({ ...required, AUDIT: 'off' }).audit).not.toBeNull();
    const both = /GATEWAY_DATABASE_URL is missing[^]*AUDIT_CHAIN_KEYS is missing/;
    expect(() => readGatewayConfig({ INTERNAL_TOKEN_PRIVATE_KEY })).toThrow(both);
    expect(() => readGatewayConfig({ ...off, NODE_ENV: 'production' })).toThrow(both);
    const { GATEWAY_DATABASE_URL } = required;
    expect(() => readGatewayConfig({ ...off, GATEWAY_DATABASE_URL })).toThrow('AUDIT_CHAIN_KEYS is missing');
  });

  it('is refused with all its problems and none of its secrets', () => {
    const wrong = {
      INTERNAL_TOKEN_PRIVATE_KEY: 'aHVudGVyMg==',
      AUDIT_CHAIN_KEYS: 'a1:aHVudGVyMg==',
      CORS_ORIGINS: '*',
      GATEWAY_PORT: '99999',
      NODE_ENV: 'production',
      RATE_LIMITS: 'off',
      SUPERGRAPH_FILE: 'supergraph.graphql',
      SUPERGRAPH_URL: 'http://registry/supergraph',
      DRAIN_DELAY_MS: '9000',
      SUBGRAPH_BILLING_URL: 'billing:4002',
    };
    expect(() => readGatewayConfig(wrong)).toThrow(
      [
        'The gateway cannot start:',
        '- GATEWAY_PORT must be a port from 0 to 65535',
        '- INTERNAL_TOKEN_PRIVATE_KEY must be a P-256 private key in PEM, in base64',
        '- CORS_ORIGINS must list origins such as https://shop.example',
        '- DRAIN_DELAY_MS must be at most 8000',
        '- SUPERGRAPH_URL must not be given beside SUPERGRAPH_FILE',
        '- RATE_LIMITS must not be off in production',
        '- GATEWAY_DATABASE_URL is missing',
        '- AUDIT_CHAIN_KEYS must be keys of 32 bytes, written id:base64, with commas between',
        '- SUBGRAPH_BILLING_URL must be an http(s) address',
      ].join('\n'),
    );
  });
});
