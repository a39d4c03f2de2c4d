import { request } from 'node:https';

import { readGatewayConfig } from '@supergraph/gateway/config';
import { aGateway, type TestGateway } from '@supergraph/gateway/testing/a-gateway';
import { aSubgraph, aViewer, internalPem, type Resolvers } from '@supergraph/gateway/testing/stand-in-subgraphs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { CertificateFiles } from '@supergraph/platform/server';

import { anAuthority, type Authority, type CertificateOnDisk } from './support/certificates.ts';

let ours: Authority;
let strangers: Authority;
beforeAll(async () => {
  ours = await anAuthority();
  strangers = await anAuthority();
});
afterAll(async () => {
  await ours.close();
  await strangers.close();
});

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

interface SecureReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
}

const askSecurely = (url: string, options: object = {}): Promise<SecureReply> =>
  new Promise((resolve, reject) => {
    request(`${url}/livez`, { ca: ours.cert, agent: false, ...options }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, headers: answer.headers });
    })
      .on('error', reject)
      .end();
  });

describe('A gateway with a certificate', () => {
  it('speaks TLS 1.3 alone, and makes browsers come back that way', async () => {
    const { certFile, keyFile } = await ours.issue('gateway', 10);
    const g = await aGateway({}, { TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
    closers.push(() => g.close());
    expect(g.url).toMatch(/^https:/);
    const { status, headers } = await askSecurely(g.url);
    expect([status, headers['strict-transport-security']]).toEqual([200, 'max-age=63072000; includeSubDomains']);
    await expect(askSecurely(g.url, { maxVersion: 'TLSv1.2' })).rejects.toThrow();

    expect(g.logged.join()).toContain('a certificate ends soon');
    const metrics = await (await fetch(`${g.adminUrl}/metrics`)).text();
    const expiresSeconds = Number(/gateway_certificate_expires_seconds\{of="gateway"\} ([\d.e+]+)/.exec(metrics)?.[1]);
    expect(Math.round((expiresSeconds - Date.now() / 1_000) / 86_400)).toBe(10);
    expect((await aPlainGateway()).headers.get('strict-transport-security')).toBeNull();
  });

  it('is not started with half of one', () => {
    const key = { INTERNAL_TOKEN_PRIVATE_KEY: Buffer.from(internalPem).toString('base64') };
    const half = { ...key, TLS_CERT_FILE: '/a.crt', SUBGRAPH_CLIENT_CERT_FILE: '/b.crt' };
    expect(() => readGatewayConfig(half)).toThrow(/SUBGRAPH_CLIENT_KEY_FILE is missing[^]*\n- TLS_KEY_FILE is missing/);
  });
});

async function aPlainGateway(): Promise<Response> {
  const plain = await aGateway();
  closers.push(() => plain.close());
  return await fetch(`${plain.url}/livez`);
}

describe('A subgraph that speaks HTTPS', () => {
  const menu = '{ billInquiryMenu { currentBillingMonth } }';
  const billing: Resolvers = {
    Query: { billInquiryMenu: () => ({ lines: [], currentBillingMonth: '2026-11', billingMonths: [] }) },
  };
  const filesOf = ({ certFile, keyFile }: CertificateOnDisk, clientCaFile?: string): CertificateFiles => ({
    certificateFile: certFile,
    keyFile,
    clientCaFile,
  });

  /** Billing with a certificate, and a gateway before it. */
  async function aSecureGraph(
    certificateFiles: CertificateFiles,
    environment: Readonly<Record<string, string>>,
  ): Promise<TestGateway> {
    const server = aSubgraph('billing', billing, { certificateFiles });
    closers.push(() => server.close());
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    expect(url).toMatch(/^https:/);
    const g = await aGateway({ billing: `${url}/graphql` }, environment);
    closers.push(() => g.close());
    return g;
  }
  const outcomeOf = async (g: TestGateway) => {
    const startedAtMs = performance.now();
    const { body } = await g.ask(menu, { as: aViewer() });
    return { code: body.errors?.[0]?.extensions['code'], isFast: performance.now() - startedAtMs < 3_000 };
  };

  it('is asked when its certificate is good', async () => {
    const g = await aSecureGraph(filesOf(await ours.issue('billing')), { SUBGRAPH_CA_FILE: ours.certFile });
    expect((await g.ask(menu, { as: aViewer() })).body).toEqual({
      data: { billInquiryMenu: { currentBillingMonth: '2026-11' } },
    });
    expect(await (await fetch(`${g.url}/health`)).json()).toMatchObject({ subgraphs: { billing: 'up' } });
  });

  it.each<[string, () => Promise<CertificateOnDisk>]>([
    ['has ended', () => ours.issue('late', -1)],
    ['nobody knows who signed', () => strangers.issue('stranger')],
  ])('is unavailable at once when its certificate %s', async (_what, issue) => {
    const g = await aSecureGraph(filesOf(await issue()), { SUBGRAPH_CA_FILE: ours.certFile });
    await g.ask('{ me { id } }', { as: aViewer() });
    expect(await outcomeOf(g)).toEqual({ code: 'SERVICE_UNAVAILABLE', isFast: true });
  });

  it('may ask the gateway for a certificate, too', async () => {
    const mutual = filesOf(await ours.issue('billing'), ours.certFile);
    const proofOf = async (authority: Authority) => {
      const { certFile, keyFile } = await authority.issue('gateway');
      return {
        SUBGRAPH_CA_FILE: ours.certFile,
        SUBGRAPH_CLIENT_CERT_FILE: certFile,
        SUBGRAPH_CLIENT_KEY_FILE: keyFile,
      };
    };
    const known = await aSecureGraph(mutual, await proofOf(ours));
    expect(await outcomeOf(known)).toMatchObject({ code: undefined });
    const unknown = await aSecureGraph(mutual, await proofOf(strangers));
    expect(await outcomeOf(unknown)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
    const without = await aSecureGraph(mutual, { SUBGRAPH_CA_FILE: ours.certFile });
    expect(await outcomeOf(without)).toMatchObject({ code: 'SERVICE_UNAVAILABLE' });
  });
});
