import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, type Server as SecureServer, type TlsOptions } from 'node:tls';

import { describeError, type Logger } from '../telemetry/index.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Clock } from '../time/index.ts';

/** Where a server finds what it proves itself with, all of it PEM. */
export interface CertificateFiles {
  /** Its certificate, and those between it and the root. */
  readonly certificateFile: string;
  readonly keyFile: string;
  /** Certificates of those who sign clients; with it, a client without a good certificate of its own is refused. */
  readonly clientCaFile?: string | undefined;
}

/** The certificate of one or more servers, read again when its files change. */
export interface ServerCertificate {
  options(): TlsOptions;
  expiresAt(): Date;
  /** Takes on a server, which gets every later certificate; answers it. */
  servedBy<Server extends SecureServer>(server: Server): Server;
  /** Reads the files again at once. What cannot be used is logged, and the former certificate stays. */
  reload(): void;
  close(): void;
}

const minVersion = 'TLSv1.3';
const handshakeTimeout = 10 * SECOND_MS;
const warnBeforeMs = 21 * DAY_MS;
const warnEveryMs = 12 * HOUR_MS;
const lookEveryMs = MINUTE_MS;

interface Loaded {
  readonly options: TlsOptions;
  readonly expiresAt: Date;
  /** Changes whenever one of the files does. */
  readonly version: string;
}

function versionOf({ certificateFile, keyFile, clientCaFile }: CertificateFiles): string {
  const files = [certificateFile, keyFile, ...(clientCaFile === undefined ? [] : [clientCaFile])];
  return files.map((file) => statSync(file).mtimeMs).join();
}

function load(files: CertificateFiles): Loaded {
  const cert = readFileSync(files.certificateFile);
  const { clientCaFile } = files;
  const proof = {
    cert,
    key: readFileSync(files.keyFile),
    minVersion,
    ...(clientCaFile !== undefined && { ca: readFileSync(clientCaFile) }),
  } as const;
  // throws when they do not belong together
  createSecureContext(proof);
  const asksClients = clientCaFile !== undefined;
  return {
    options: { ...proof, handshakeTimeout, requestCert: asksClients, rejectUnauthorized: asksClients },
    expiresAt: new Date(new X509Certificate(cert).validTo),
    version: versionOf(files),
  };
}

/**
 * Reads a certificate and watches over it: files that change are read again within a minute, and from 21 days before its
 * end on it is warned of twice a day. TLS 1.3 is the oldest that is spoken. Throws when the files are no good.
 */
export function keepCertificate(options: {
  readonly files: CertificateFiles;
  readonly clock: Clock;
  readonly log: Logger;
}): ServerCertificate {
  const { files, clock, log } = options;
  const servers = new Set<SecureServer>();
  let loaded = load(files);
  let warnedAtMs = Number.NEGATIVE_INFINITY;

  function warnOfEnd(): void {
    const nowMs = clock.now().getTime();
    const leftMs = loaded.expiresAt.getTime() - nowMs;
    if (leftMs > warnBeforeMs || nowMs - warnedAtMs < warnEveryMs) return;
    warnedAtMs = nowMs;
    const facts = { file: files.certificateFile, expiresAt: loaded.expiresAt, daysLeft: Math.floor(leftMs / DAY_MS) };
    log.warn(facts, 'a certificate ends soon');
  }

  function reload(): void {
    try {
      const next = load(files);
      for (const server of servers) server.setSecureContext(next.options);
      loaded = next;
      warnedAtMs = Number.NEGATIVE_INFINITY;
      log.info({ file: files.certificateFile, expiresAt: loaded.expiresAt }, 'a certificate was read again');
    } catch (error) {
      log.error({ file: files.certificateFile, ...describeError(error) }, 'a certificate could not be read again');
    }
    warnOfEnd();
  }

  function look(): void {
    try {
      if (versionOf(files) !== loaded.version) reload();
    } catch {
      // between two files being replaced; the next look finds them
    }
    warnOfEnd();
  }

  warnOfEnd();
  const timer = setInterval(look, lookEveryMs).unref();
  return {
    options: () => loaded.options,
    expiresAt: () => loaded.expiresAt,
    servedBy: (server) => {
      servers.add(server);
      return server;
    },
    reload,
    close: () => {
      clearInterval(timer);
    },
  };
}
