import { isDriverAdapterError } from '@prisma/driver-adapter-utils';

export interface Request {
  readonly id: number;
  readonly method: string;
  readonly params: unknown;
}

/** Reads one line from the Prisma command line; undefined for an acknowledgement or a blank line. */
export function readRequest(line: string): Request | undefined {
  if (line.trim() === '') return undefined;
  const message: unknown = JSON.parse(line);
  if (typeof message !== 'object' || message === null || !('method' in message) || !('id' in message)) return undefined;
  const { id, method } = message;
  if (typeof id !== 'number' || typeof method !== 'string') return undefined;
  return { id, method, params: 'params' in message ? message.params : undefined };
}

export const writeResult = (id: number, result: unknown): string => encode({ id, result: result ?? {} });

/** The native engine prints a diff by itself, through a notification that the command line acknowledges. */
export const writePrint = (id: number, content: string): string =>
  encode({ id, method: 'print', params: { content: content.replace(/\n$/, '') } });

export const writePanic = (id: number, message: string): string =>
  writeError(id, message, { is_panic: true, message, meta: null });

export function writeFailure(id: number, error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const code = errorField(error, 'code');
  return writeError(id, message, {
    is_panic: false,
    message: isDriverAdapterError(error) ? (error.cause.originalMessage ?? message) : message,
    meta: errorField(error, 'meta') ?? null,
    ...(typeof code === 'string' && { error_code: code }),
  });
}

const engineFailed = 4466;

const writeError = (id: number, message: string, details: Record<string, unknown>): string =>
  encode({ id, error: { code: engineFailed, message, data: details } });

const encode = (message: Record<string, unknown>): string => JSON.stringify({ jsonrpc: '2.0', ...message }) + '\n';

const errorField = (error: unknown, name: string): unknown =>
  typeof error === 'object' && error !== null ? Reflect.get(error, name) : undefined;
