import { copyFile, readFile, utimes, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';

import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';

import { anAuthority, type Authority, type CertificateOnDisk } from '../../../../tests/support/certificates.ts';
import { createLogger } from '../telemetry/index.ts';
import { createManualClock } from '../testing/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../time/index.ts';
import { keepCertificate } from './certificate.ts';
import { createHttpServer, listen } from './http-server.ts';

let authority: Authority;
beforeAll(async () => {
  authority = await anAuthority();
});
afterAll(() => authority.close());

const closers: (() => unknown)[] = [];
afterEach(async () => {
  jest.useRealTimers();
  for (const close of closers.splice(0).reverse()) await close();
});

function aCertificate({ certFile, keyFile }: CertificateOnDisk, clientCaFile?: string) {
  const logged: string[] = [];
  const clock = createManualClock(new Date().toISOString());
  const log = createLogger({
    service: 'test',
    level: 'info',
    destination: { write: (line) => void logged.push(line) },
  });
  const certificate = keepCertificate({ files: { certificateFile: certFile, keyFile, clientCaFile }, clock, log });
  closers.push(() => {
    certificate.close();
  });
  return { certificate, clock, log, logged };
}

async function aServer(of: ReturnType<typeof aCertificate>): Promise<string> {
  const readiness = () => Promise.resolve({});
  const app = createHttpServer({ log: of.log, maxBodyBytes: 1_000, readiness, certificate: of.certificate });
  closers.push(() => app.close());
  return await listen(app, { host: '127.0.0.1', port: 0 }, { service: 'test', portVariable: 'PORT' });
}

/** Asks /livez; the status, or why there was none. */
const ask = (url: string, options: object = {}): Promise<number | string> =>
  new Promise((resolve) => {
    request(`${url}/livez`, { ca: authority.cert, agent: false, ...options }, (answer) => {
      resolve(answer.resume().statusCode ?? 0);
    })
      .on('error', ({ message }) => {
        resolve(message);
      })
      .end();
  });

/** The name in the certificate that a server shows. */
const shownBy = (url: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const options: ConnectionOptions = { host: '127.0.0.1', port: Number(new URL(url).port), ca: authority.cert };
    const socket: TLSSocket = connect(options, () => {
      resolve(String(socket.getPeerCertificate().subject.CN));
      socket.destroy();
    });
    socket.on('error', reject);
  });

describe('A server with a certificate', () => {
  it('speaks HTTPS by TLS 1.3, nothing older, and no plain HTTP', async () => {
    const url = await aServer(aCertificate(await authority.issue('one')));
    expect(url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await ask(url)).toBe(200);
    expect(await ask(url, { maxVersion: 'TLSv1.2' })).toMatch(/protocol version|unsupported protocol/i);
    await expect(fetch(`${url.replace('https', 'http')}/livez`)).rejects.toThrow();
  });

  it('lets in those clients alone whose certificate it can check, when it is told who signs them', async () => {
    const url = await aServer(aCertificate(await authority.issue('server'), authority.certFile));
    const proof = async ({ certFile, keyFile }: CertificateOnDisk) => ({
      cert: await readFile(certFile),
      key: await readFile(keyFile),
    });
    expect(await ask(url, await proof(await authority.issue('client')))).toBe(200);
    expect(await ask(url)).not.toBe(200);
    const stranger = await anAuthority();
    closers.push(() => stranger.close());
    expect(await ask(url, await proof(await stranger.issue('client')))).not.toBe(200);
    expect(await ask(url, await proof(await authority.issue('late', -1)))).not.toBe(200);
  });

  it('shows a new one within a minute of its files being replaced, and keeps the old one if the new is no good', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const files = await authority.issue('former');
    const one = aCertificate(files);
    const url = await aServer(one);
    expect(await shownBy(url)).toBe('former');

    const next = await authority.issue('next');
    await copyFile(next.certFile, files.certFile);
    await copyFile(next.keyFile, files.keyFile);
    await utimes(files.certFile, new Date(), new Date(Date.now() + MINUTE_MS));
    jest.advanceTimersByTime(MINUTE_MS);
    expect(await shownBy(url)).toBe('next');

    await writeFile(files.keyFile, 'hunter2');
    one.certificate.reload();
    expect(await shownBy(url)).toBe('next');
    expect(one.logged.join()).toContain('could not be read again');
    expect(one.logged.join()).not.toContain('hunter2');
  });

  it('warns of its end from 21 days before, twice a day', async () => {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask'] });
    const { clock, logged, certificate } = aCertificate(await authority.issue('ending', 22));
    const warnings = () => logged.filter((line) => line.includes('ends soon')).length;
    expect(Math.round((certificate.expiresAt().getTime() - clock.now().getTime()) / DAY_MS)).toBe(22);
    jest.advanceTimersByTime(MINUTE_MS);
    expect(warnings()).toBe(0);
    clock.advance(DAY_MS + HOUR_MS);
    jest.advanceTimersByTime(10 * MINUTE_MS);
    expect(warnings()).toBe(1);
    clock.advance(12 * HOUR_MS);
    jest.advanceTimersByTime(10 * MINUTE_MS);
    expect(warnings()).toBe(2);
    expect(logged.join()).toContain('"daysLeft":20');
  });

  it('is not made out of files that are no good', async () => {
    const { keyFile } = await authority.issue('one');
    const { certFile } = await authority.issue('other');
    const options = {
      clock: createManualClock('2026-11-21T00:00:00Z'),
      log: createLogger({ service: 't', level: 'silent' }),
    };
    expect(() => keepCertificate({ ...options, files: { certificateFile: '/nowhere', keyFile } })).toThrow('/nowhere');
    expect(() => keepCertificate({ ...options, files: { certificateFile: certFile, keyFile } })).toThrow();
  });
});
