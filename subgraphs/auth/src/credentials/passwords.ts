import { hash, parseOptions, verify } from '@node-rs/argon2';

import type { Passwords } from '../domain/ports.ts';

/** OWASP's first choice for argon2id; memory in KiB. */
const settings = { memoryCost: 19_456, timeCost: 2, parallelism: 1, outputLen: 32 } as const;
const saltBytes = 16;

const isOutdated = (phc: string): boolean => {
  const used = parseOptions(phc);
  return (
    !phc.startsWith('$argon2id$') ||
    used.memoryCost !== settings.memoryCost ||
    used.timeCost !== settings.timeCost ||
    used.parallelism !== settings.parallelism
  );
};

/** Makes argon2id over a pepper that the database does not hold. */
export async function createPasswords(by: {
  readonly pepper: Buffer;
  readonly randomBytes: (size: number) => Buffer;
}): Promise<Passwords> {
  const secret = by.pepper;
  const hashOf = (password: string) => hash(password, { ...settings, secret, salt: by.randomBytes(saltBytes) });
  const nobodysHash = await hashOf(by.randomBytes(saltBytes).toString('base64'));
  return {
    hash: hashOf,
    check: async (password, phc) => {
      const isRight = await verify(phc ?? nobodysHash, password, { secret });
      return phc === null ? { isRight: false, isOutdated: false } : { isRight, isOutdated: isRight && isOutdated(phc) };
    },
  };
}
