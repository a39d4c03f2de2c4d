import { hkdfSync } from 'node:crypto';

import { createFieldCipher, SealBroken } from '@supergraph/platform/encryption';
import { z } from 'zod';

import type { Exchange, OpaqueTokens, RefreshTokens } from '../domain/ports.ts';

const moment = z.iso.datetime().transform((text) => new Date(text));
const answerSchema = z.object({
  accessToken: z.string(),
  accessTokenExpiresAt: moment,
  refreshToken: z.string(),
  refreshTokenExpiresAt: moment,
});

/** The key comes out of the spent token, of which only a hash is stored: a stolen database opens no answer. */
const cipherOf = (spentToken: string) => {
  const key = Buffer.from(hkdfSync('sha256', spentToken, '', 'answer to a spent refresh token', 32));
  return createFieldCipher({ activeKeyId: 'token', keys: { token: key } });
};

const placeOf = ({ client }: Exchange): string => JSON.stringify([client.address, client.userAgent]);

/** Makes opaque tokens into refresh tokens. */
export const createRefreshTokens = (tokens: OpaqueTokens): RefreshTokens => ({
  ...tokens,
  sealAnswer: (answer, exchange) => cipherOf(exchange.refreshToken).seal(JSON.stringify(answer), placeOf(exchange)),
  openAnswer: (sealed, exchange) => {
    try {
      return answerSchema.parse(JSON.parse(cipherOf(exchange.refreshToken).open(sealed, placeOf(exchange))));
    } catch (error) {
      if (error instanceof SealBroken) return null;
      throw error;
    }
  },
});
