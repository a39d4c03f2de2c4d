export { createBlindIndex } from './blind-index.ts';
export { createFieldCipher, fieldPlace } from './field-cipher.ts';
export type { FieldCipher } from './field-cipher.ts';
export { parseKeyRing } from './key-ring.ts';
export type { KeyRing } from './key-ring.ts';
export { SealBroken } from './seal-broken.ts';
export type { SealFault } from './seal-broken.ts';
