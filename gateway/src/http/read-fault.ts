import { CodedError, type ErrorCode } from '@supergraph/platform/errors';
import type { FastifyError } from 'fastify';

import type { Refusal } from '../answer/refusal.ts';
import { OperationTooExpensive } from '../cost/cost-gate.ts';

const codeOfStatus: Readonly<Record<number, ErrorCode>> = {
  413: 'PAYLOAD_TOO_LARGE',
  415: 'UNSUPPORTED_MEDIA_TYPE',
};

/** What a request that failed on its way in is told. */
export interface Fault {
  readonly refusal: Refusal;
  /** Whether it is ours: to be logged. */
  readonly isOurs: boolean;
}

/** Tells a refusal of ours, one of the HTTP server, and a failure nobody foresaw apart. */
export function readFault(error: FastifyError | CodedError): Fault {
  if (error instanceof CodedError) {
    const { code, retryAfterMs, field } = error;
    const cost = error instanceof OperationTooExpensive ? error.cost : null;
    return { refusal: { code, retryAfterMs, field, cost }, isOurs: false };
  }
  const status = error.statusCode ?? 500;
  const code = status >= 500 ? 'INTERNAL_SERVER_ERROR' : (codeOfStatus[status] ?? 'BAD_REQUEST');
  return { refusal: { code }, isOurs: status >= 500 };
}
