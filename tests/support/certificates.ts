import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { generate } from 'selfsigned';

/** A certificate and its key, PEM in files. */
export interface CertificateOnDisk {
  readonly certFile: string;
  readonly keyFile: string;
}

/** Whoever signs certificates in a test, for servers and clients on this machine. */
export interface Authority extends CertificateOnDisk {
  /** PEM of its own certificate. */
  readonly cert: string;
  /** Signs one for 127.0.0.1 and localhost that is good for so many days from now; an expired one with a negative number. */
  issue(name: string, days?: number): Promise<CertificateOnDisk>;
  close(): Promise<void>;
}

const dayMs = 86_400_000;
const ofKind = { keyType: 'ec', curve: 'P-256', algorithm: 'sha256' } as const;

/** Makes an authority that nobody trusts by itself; its files are gone when it is closed. */
export async function anAuthority(): Promise<Authority> {
  const folder = await mkdtemp(join(tmpdir(), 'certificates-'));
  const write = async (name: string, pems: { readonly cert: string; readonly private: string }) => {
    const files = { certFile: join(folder, `${name}.crt`), keyFile: join(folder, `${name}.key`) };
    await writeFile(files.certFile, pems.cert);
    await writeFile(files.keyFile, pems.private);
    return files;
  };
  const root = await generate([{ name: 'commonName', value: 'Test authority' }], {
    ...ofKind,
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, digitalSignature: true, critical: true },
    ],
  });
  return {
    ...(await write('authority', root)),
    cert: root.cert,
    issue: async (name, days = 365) => {
      const notAfterDate = new Date(Date.now() + days * dayMs);
      const notBeforeDate = new Date(Math.min(Date.now(), notAfterDate.getTime()) - 30 * dayMs);
      const pems = await generate([{ name: 'commonName', value: name }], {
        ...ofKind,
        notBeforeDate,
        notAfterDate,
        ca: { key: root.private, cert: root.cert },
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          {
            name: 'subjectAltName',
            altNames: [
              { type: 2, value: 'localhost' },
              { type: 7, ip: '127.0.0.1' },
            ],
          },
        ],
      });
      return await write(name, pems);
    },
    close: () => rm(folder, { recursive: true, force: true }),
  };
}
