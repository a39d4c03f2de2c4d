import { z } from 'zod';

const path = () => z.string().min(1).optional();

/**
 * Where a service finds its certificate, as `certificateFiles`: `…TLS_CERT_FILE` and `…TLS_KEY_FILE` or neither, and with
 * them perhaps `…TLS_CLIENT_CA_FILE`, whose certificates sign those of the only clients that are let in.
 */
export function certificateFiles(prefix: string) {
  const names = {
    certificate: `${prefix}TLS_CERT_FILE`,
    key: `${prefix}TLS_KEY_FILE`,
    clientCa: `${prefix}TLS_CLIENT_CA_FILE`,
  };
  return z
    .object({ [names.certificate]: path(), [names.key]: path(), [names.clientCa]: path() })
    .superRefine((given, problem) => {
      const isWanted = Object.values(given).some((file) => file !== undefined);
      for (const name of [names.certificate, names.key]) {
        if (isWanted && given[name] === undefined) problem.addIssue({ code: 'custom', path: [name], message: '' });
      }
    })
    .transform((given) => {
      const certificateFile = given[names.certificate];
      const keyFile = given[names.key];
      const isGiven = certificateFile !== undefined && keyFile !== undefined;
      const files = isGiven ? { certificateFile, keyFile, clientCaFile: given[names.clientCa] } : undefined;
      return { certificateFiles: files };
    });
}
