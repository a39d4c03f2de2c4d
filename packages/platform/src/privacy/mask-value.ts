import { maskAccount } from './rules/account.ts';
import { maskAddress } from './rules/address.ts';
import { maskBirthDate } from './rules/birth-date.ts';
import { maskEmail } from './rules/email.ts';
import { maskIpAddress } from './rules/ip-address.ts';
import { maskLoginId } from './rules/login-id.ts';
import { maskName } from './rules/name.ts';
import { maskPhone } from './rules/phone.ts';
import { unknownShape } from './rules/unknown-shape.ts';

/** The rule for each kind: takes a text that is not empty, and gives back what may be shown of it. */
const rules = {
  NAME: maskName,
  PHONE: maskPhone,
  EMAIL: maskEmail,
  ADDRESS: maskAddress,
  BIRTH_DATE: maskBirthDate,
  ACCOUNT: maskAccount,
  IP_ADDRESS: maskIpAddress,
  LOGIN_ID: maskLoginId,
  SECRET: () => unknownShape,
} as const satisfies Readonly<Record<string, (text: string) => string>>;

/** What makes a value personal or secret; the values of `privacy__Kind` in the schema. */
export type SensitiveKind = keyof typeof rules;

/** Whether there is a rule of this name. */
export const isSensitiveKind = (name: string): name is SensitiveKind => Object.hasOwn(rules, name);

/** All kinds there is a rule for. */
export const sensitiveKinds: readonly SensitiveKind[] = Object.keys(rules).filter(isSensitiveKind);

/** Longer texts are nothing that the rules know, and are not looked at. */
const longestKnown = 500;

/**
 * What may be shown of a value to somebody who may not see it. Nothing and the empty text stay as they are; whatever does
 * not have the shape of its kind is hidden whole. Never throws, and masking twice is masking once.
 */
export function maskValue(kind: SensitiveKind, value: unknown): unknown {
  if (value === null || value === undefined || value === '') return value;
  if (typeof value !== 'string' || value.length > longestKnown) return unknownShape;
  const text = value.normalize('NFC').trim();
  return text === '' ? unknownShape : rules[kind](text);
}
