// Written by `npm run errors` out of schema/src/error-catalogue.ts. Do not edit.

/** What stands in `extensions.code` of an error, and in `code` of a refusal that is data. */
export type ErrorCode =
  | 'BAD_REQUEST'
  | 'INVALID_JSON'
  | 'BATCHING_DISABLED'
  | 'PATH_NOT_FOUND'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'NOT_ACCEPTABLE'
  | 'METHOD_NOT_ALLOWED'
  | 'PREFLIGHT_REQUIRED'
  | 'GRAPHQL_PARSE_FAILED'
  | 'GRAPHQL_VALIDATION_FAILED'
  | 'INTROSPECTION_DISABLED'
  | 'OPERATION_RESOLUTION_FAILURE'
  | 'OPERATION_NOT_SUPPORTED'
  | 'QUERY_TOO_COMPLEX'
  | 'QUERY_TOO_DEEP'
  | 'QUERY_TOO_LONG'
  | 'TOO_MANY_ALIASES'
  | 'OPERATION_TOO_EXPENSIVE'
  | 'PERSISTED_QUERY_NOT_FOUND'
  | 'PERSISTED_QUERY_MISMATCH'
  | 'OPERATION_NOT_REGISTERED'
  | 'BAD_USER_INPUT'
  | 'INVALID_PAGE'
  | 'UNAUTHENTICATED'
  | 'TOKEN_EXPIRED'
  | 'INVALID_TOKEN'
  | 'SESSION_REVOKED'
  | 'INVALID_CREDENTIALS'
  | 'LOGIN_BLOCKED'
  | 'PASSWORD_INCORRECT'
  | 'REFRESH_TOKEN_INVALID'
  | 'REFRESH_TOKEN_REUSED'
  | 'FORBIDDEN'
  | 'AUTH_STATE_UNAVAILABLE'
  | 'AUDIT_UNAVAILABLE'
  | 'NOT_FOUND'
  | 'SESSION_NOT_FOUND'
  | 'INVALID_BILLING_MONTH'
  | 'BILL_NOT_ISSUED'
  | 'PLAN_CHANGE_NOT_ALLOWED'
  | 'CHANGE_ALREADY_SCHEDULED'
  | 'PLAN_VERSION_CONFLICT'
  | 'STEP_UP_REQUIRED'
  | 'CHANGE_IN_PROGRESS'
  | 'CHANGE_PENDING'
  | 'ORDER_NOT_FOUND'
  | 'ORDER_NOT_HELD'
  | 'SETTLEMENT_INVALID'
  | 'SETTLEMENT_CONTRADICTED'
  | 'SETTLEMENT_UNCONFIRMED'
  | 'IDEMPOTENCY_KEY_REQUIRED'
  | 'IDEMPOTENCY_KEY_REUSED'
  | 'IDEMPOTENCY_IN_PROGRESS'
  | 'KOS_UNAVAILABLE'
  | 'KOS_BUSY'
  | 'SERVICE_UNAVAILABLE'
  | 'TIMED_OUT'
  | 'INCOMPLETE_DATA'
  | 'OVERLOADED'
  | 'RATE_LIMITED'
  | 'INTERNAL_SERVER_ERROR';

/**
 * Who can do something about it:
 * - CLIENT_DEVELOPER: whoever wrote the client: the request itself is wrong
 * - CLIENT: the client by itself: it renews its session, or sends what is missing
 * - PERSON: whoever uses the client, and is told by the text
 * - NOBODY: nobody: it passes, and the same request is sent again later
 * - OPERATIONS: those who run the supergraph; the traceId tells them where to look
 */
export type Actor = 'CLIENT_DEVELOPER' | 'CLIENT' | 'PERSON' | 'NOBODY' | 'OPERATIONS';

export interface ErrorEntry {
  /** The status of an answer that is nothing but this refusal; 200 for what arrives as data, or beside data. */
  readonly httpStatus: number;
  readonly actor: Actor;
  /** Whether the same request may succeed later without being changed. */
  readonly isRetryable: boolean;
  readonly ko: string;
  readonly en: string;
}

/** Every code, with what to do about it and what to tell the person. */
export declare const errors: Readonly<Record<ErrorCode, ErrorEntry>>;

/** Whether a value is a code known when this package was made; a newer server may say others. */
export declare const isErrorCode: (value: unknown) => value is ErrorCode;
