export { accessTokenLifetimeMs, createAccessTokenVerifier, signAccessToken } from './access-token.ts';
export { createInternalTokenSigner, createInternalTokenVerifier, internalTokenHeader } from './internal-token.ts';
export { createOpaqueId } from './opaque-id.ts';
export { generateSigningKeyPem, publicPemOf, readSigningKey } from './signing-key.ts';
export type { SigningKey } from './signing-key.ts';
export { createStepUpTokenVerifier, signStepUpToken, stepUpLifetimeMs } from './step-up-token.ts';
export type { StepUp } from './step-up-token.ts';
export type { Role, Viewer } from './viewer.ts';
