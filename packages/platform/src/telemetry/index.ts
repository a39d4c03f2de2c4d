export { describeError } from './describe-error.ts';
export { createLogger } from './logger.ts';
export type { Logger, LogLevel } from './logger.ts';
export { isSensitiveField } from './sensitive-fields.ts';
