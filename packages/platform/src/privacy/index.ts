export { isSensitiveKind, maskValue, sensitiveKinds } from './mask-value.ts';
export type { SensitiveKind } from './mask-value.ts';
export { scrubText } from './scrub-text.ts';
