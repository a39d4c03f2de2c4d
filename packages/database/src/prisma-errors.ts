import type { MappedError } from '@prisma/driver-adapter-utils';
import { isDriverAdapterError } from '@prisma/driver-adapter-utils';

/**
 * Whether a unique constraint or index refused the write; with a name, whether that very one did.
 * Understands errors of models, of raw SQL and of commits alike.
 */
export function isUniqueViolation(error: unknown, constraintName?: string): boolean {
  const refusal = databaseRefusal(error);
  if (refusal?.kind !== 'UniqueConstraintViolation') return false;
  if (constraintName === undefined) return true;
  const { constraint } = refusal;
  return constraint !== undefined && 'index' in constraint && constraint.index === constraintName;
}

/** Whether the transaction lost against another (serialization failure or deadlock) and may simply be run again. */
export function isSerializationFailure(error: unknown): boolean {
  return databaseRefusal(error)?.kind === 'TransactionWriteConflict' || errorField(error, 'code') === 'P2034';
}

/** What the database said; Prisma carries it along in its own errors, of models and of raw SQL. */
export function databaseRefusal(error: unknown): MappedError | undefined {
  const said = [error, errorField(errorField(error, 'meta'), 'driverAdapterError')];
  return said.filter((candidate) => candidate instanceof Error).find(isDriverAdapterError)?.cause;
}

/** A field of something thrown, which may be anything. */
export const errorField = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
