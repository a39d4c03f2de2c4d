import { signStepUpToken, stepUpLifetimeMs, type SigningKey } from '@supergraph/platform/identity';
import { SECOND_MS } from '@supergraph/platform/time';

import type { StepUpTokens } from '../domain/ports.ts';

/** Makes the signer of step-up tokens. */
export const createStepUpTokens = (by: { readonly key: SigningKey; readonly newId: () => string }): StepUpTokens => ({
  sign: (claims, issuedAt) => ({
    token: signStepUpToken({ id: by.newId(), ...claims }, { key: by.key, issuedAt }),
    // A token counts its life in whole seconds.
    expiresAt: new Date(Math.floor(issuedAt.getTime() / SECOND_MS) * SECOND_MS + stepUpLifetimeMs),
  }),
});
