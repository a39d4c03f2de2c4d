import { once } from 'node:events';
import { connect as connectPlain } from 'node:net';
import { connect, type SecureVersion } from 'node:tls';

import { anAuthority } from '../../support/certificates.ts';
import type { Attack } from '../kit/attack.ts';

/** The version that is spoken when at most this one is offered; null when nothing is. */
async function spokenWith(url: string, maxVersion: SecureVersion): Promise<string | null> {
  const { hostname, port } = new URL(url);
  const socket = connect({
    host: hostname,
    port: Number(port),
    minVersion: 'TLSv1',
    maxVersion,
    rejectUnauthorized: false,
  });
  try {
    await once(socket, 'secureConnect', { signal: AbortSignal.timeout(5_000) });
    return socket.getProtocol();
  } catch {
    return null;
  } finally {
    socket.destroy();
  }
}

async function plainAnswer(url: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connectPlain({ host: hostname, port: Number(port) });
  const parts: Buffer[] = [];
  socket.on('data', (part: Buffer) => parts.push(part));
  socket.on('error', () => undefined);
  socket.end('GET /livez HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
  await once(socket, 'close', { signal: AbortSignal.timeout(15_000) });
  return Buffer.concat(parts).toString('latin1');
}

export const attack: Attack = {
  threat: 'T28',
  title: 'With certificates, nothing older than TLS 1.3 is spoken, and nothing in the clear',
  needsOwnStack: true,
  async run(target, trial) {
    const { own } = target;
    if (own === null) return '';
    const authority = await anAuthority();
    try {
      const { certFile, keyFile } = await authority.issue('gateway');
      const url = await own.gateway({ TLS_CERT_FILE: certFile, TLS_KEY_FILE: keyFile });
      const versions = ['TLSv1', 'TLSv1.1', 'TLSv1.2'] as const;
      for (const version of versions) {
        const spoken = await spokenWith(url, version);
        trial.holds(spoken === null, `${version} is spoken: ${String(spoken)}`);
      }
      trial.holds((await spokenWith(url, 'TLSv1.3')) === 'TLSv1.3', 'TLS 1.3 is not spoken');
      const plain = await plainAnswer(url);
      trial.holds(!plain.includes('200 OK'), `in the clear: ${plain.slice(0, 80)}`);
      const heard = await trial.ask('{ me { id } }', {}, url);
      trial.holds(heard.status === 401, `over TLS 1.3: ${heard.status}`);
      trial.holds(
        /max-age=\d+/.test(String(heard.headers['strict-transport-security'])),
        'browsers may come back in the clear',
      );
      return 'TLS 1.0, 1.1, 1.2, 1.3 and plain HTTP at one port';
    } finally {
      await authority.close();
    }
  },
};
