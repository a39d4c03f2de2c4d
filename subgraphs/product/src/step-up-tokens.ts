import type { KeyObject } from 'node:crypto';

import { CodedError } from '@supergraph/platform/errors';
import { createStepUpTokenVerifier } from '@supergraph/platform/identity';
import type { Clock } from '@supergraph/platform/time';

import type { StepUps } from './domain/ports.ts';

/** Makes the reading of auth's word that a person gave the password once more. */
export function createStepUpTokens(by: { readonly publicKeys: readonly KeyObject[]; readonly clock: Clock }): StepUps {
  const verify = createStepUpTokenVerifier(by);
  return {
    async read(token, { userId, sessionId }) {
      try {
        const { id, challenge, ...whose } = await verify(token);
        return whose.userId === userId && whose.sessionId === sessionId ? { id, challenge } : null;
      } catch (error) {
        if (error instanceof CodedError) return null;
        throw error;
      }
    },
  };
}
