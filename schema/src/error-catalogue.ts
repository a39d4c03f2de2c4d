/** Who can do something about a refusal, and what. */
export const actors = {
  CLIENT_DEVELOPER: 'whoever wrote the client: the request itself is wrong',
  CLIENT: 'the client by itself: it renews its session, or sends what is missing',
  PERSON: 'whoever uses the client, and is told by the text',
  NOBODY: 'nobody: it passes, and the same request is sent again later',
  OPERATIONS: 'those who run the supergraph; the traceId tells them where to look',
} as const;

export type Actor = keyof typeof actors;

/** What a client can be told when a request is refused: the code, the HTTP status when the whole request is refused, and the text. */
export interface ErrorEntry {
  readonly httpStatus: number;
  readonly actor: Actor;
  /** Whether the same request may succeed later without being changed. */
  readonly isRetryable: boolean;
  readonly ko: string;
  readonly en: string;
}

const forActor =
  (actor: Actor) =>
  (httpStatus: number, ko: string, en: string): ErrorEntry => ({
    httpStatus,
    actor,
    isRetryable: actor === 'NOBODY' || actor === 'OPERATIONS',
    ko,
    en,
  });
const developer = forActor('CLIENT_DEVELOPER');
const client = forActor('CLIENT');
const person = forActor('PERSON');
const nobody = forActor('NOBODY');
const operations = forActor('OPERATIONS');

/** Every code that may reach a client. A status of 200 marks business outcomes that arrive as data or beside data. */
export const errorCatalogue = {
  // the HTTP request
  BAD_REQUEST: developer(400, '요청 형식이 올바르지 않습니다.', 'The request is malformed.'),
  INVALID_JSON: developer(400, '요청 형식(JSON)이 올바르지 않습니다.', 'The request body is not valid JSON.'),
  BATCHING_DISABLED: developer(400, '한 번에 하나의 요청만 보낼 수 있습니다.', 'Send one operation at a time.'),
  PATH_NOT_FOUND: developer(404, '존재하지 않는 주소입니다.', 'There is nothing at this address.'),
  PAYLOAD_TOO_LARGE: developer(413, '요청이 너무 큽니다.', 'The request is too large.'),
  UNSUPPORTED_MEDIA_TYPE: developer(
    415,
    '지원하지 않는 요청 형식입니다. UTF-8 JSON만 지원합니다.',
    'Only JSON in UTF-8 is accepted.',
  ),
  NOT_ACCEPTABLE: developer(406, '지원하지 않는 응답 형식입니다.', 'The requested response format is not offered.'),
  METHOD_NOT_ALLOWED: developer(405, '허용되지 않는 요청 방식입니다.', 'This HTTP method is not allowed here.'),
  /** A GET that a page of another site could have made a browser send. */
  PREFLIGHT_REQUIRED: developer(
    400,
    '다른 사이트에서 보낸 요청일 수 있어 처리하지 않습니다. apollo-require-preflight 헤더를 추가해 주세요.',
    'This may come from another site: add the header apollo-require-preflight.',
  ),
  // the GraphQL operation
  GRAPHQL_PARSE_FAILED: developer(400, '쿼리 문법 오류입니다.', 'The operation has a syntax error.'),
  GRAPHQL_VALIDATION_FAILED: developer(
    400,
    '스키마에 맞지 않는 쿼리입니다. 존재하지 않는 항목이 있습니다.',
    'The operation does not fit the schema.',
  ),
  INTROSPECTION_DISABLED: developer(400, '스키마 조회가 허용되지 않습니다.', 'Introspection is not allowed here.'),
  OPERATION_RESOLUTION_FAILURE: developer(400, '실행할 작업을 지정해 주세요.', 'Name the operation to run.'),
  OPERATION_NOT_SUPPORTED: developer(400, '지원하지 않는 작업입니다.', 'This kind of operation is not supported.'),
  QUERY_TOO_COMPLEX: developer(400, '요청이 너무 복잡합니다.', 'The operation is too complex.'),
  QUERY_TOO_DEEP: developer(400, '요청이 너무 깊습니다.', 'The operation is nested too deeply.'),
  QUERY_TOO_LONG: developer(400, '요청이 너무 깁니다.', 'The operation is too long.'),
  TOO_MANY_ALIASES: developer(400, '요청이 너무 복잡합니다.', 'The operation repeats too many fields.'),
  OPERATION_TOO_EXPENSIVE: developer(
    400,
    '한 번에 너무 많은 정보를 요청했습니다. 나누어 요청해 주세요.',
    'The operation asks for too much at once: ask for it in parts.',
  ),
  PERSISTED_QUERY_NOT_FOUND: client(400, '등록되지 않은 요청입니다.', 'The operation is not registered.'),
  PERSISTED_QUERY_MISMATCH: developer(
    400,
    '요청 내용이 식별자와 일치하지 않습니다.',
    'The id is not that of the operation sent with it.',
  ),
  OPERATION_NOT_REGISTERED: developer(
    400,
    '등록된 요청만 사용할 수 있습니다.',
    'This client may run registered operations only.',
  ),
  BAD_USER_INPUT: person(400, '입력값을 확인해 주세요.', 'Please check the input.'),
  INVALID_PAGE: developer(400, '페이지 값이 올바르지 않습니다.', 'The page arguments are not valid.'),
  // who is asking
  UNAUTHENTICATED: person(401, '로그인이 필요합니다.', 'Please sign in.'),
  TOKEN_EXPIRED: client(
    401,
    '로그인이 만료되었습니다. 다시 로그인해 주세요.',
    'Your sign-in has expired. Please sign in again.',
  ),
  INVALID_TOKEN: person(401, '인증 정보가 올바르지 않습니다.', 'The credentials are not valid.'),
  SESSION_REVOKED: person(401, '다른 곳에서 로그아웃되었습니다.', 'This session was signed out.'),
  INVALID_CREDENTIALS: person(401, 'ID 또는 비밀번호를 확인해주세요', 'Please check your id or password.'),
  LOGIN_BLOCKED: person(
    429,
    '로그인 시도가 많아 30분간 제한됩니다.',
    'Too many attempts: sign-in is blocked for 30 minutes.',
  ),
  PASSWORD_INCORRECT: person(200, '비밀번호가 올바르지 않습니다.', 'The password is not right.'),
  REFRESH_TOKEN_INVALID: person(401, '재로그인이 필요합니다.', 'Please sign in again.'),
  REFRESH_TOKEN_REUSED: person(401, '보안을 위해 다시 로그인해 주세요.', 'For your safety, please sign in again.'),
  FORBIDDEN: person(403, '서비스 이용 권한이 없습니다', 'You may not use this service.'),
  /** Said of the request's own session, before anything it asks is looked at; what auth itself is asked for is SERVICE_UNAVAILABLE. */
  AUTH_STATE_UNAVAILABLE: nobody(
    503,
    '로그인 상태를 확인할 수 없습니다. 잠시 후 다시 시도해 주세요.',
    'Your sign-in cannot be checked right now.',
  ),
  /** What may not be done without being written down cannot be written down now; nothing was changed. */
  AUDIT_UNAVAILABLE: nobody(
    503,
    '접속 기록을 남길 수 없어 처리하지 않았습니다. 잠시 후 다시 시도해 주세요.',
    'This must be put on record, which is not possible right now: nothing was done.',
  ),
  // lines, bills and plans
  NOT_FOUND: person(200, '조회할 수 없는 회선입니다.', 'There is no such line.'),
  SESSION_NOT_FOUND: person(200, '해당 세션이 없습니다.', 'There is no such session.'),
  INVALID_BILLING_MONTH: person(200, '조회할 수 없는 청구월입니다.', 'This month cannot be looked up.'),
  BILL_NOT_ISSUED: person(200, '해당 월의 청구 내역이 없습니다.', 'There is no bill for this month.'),
  PLAN_CHANGE_NOT_ALLOWED: person(200, '선택한 요금제로 변경할 수 없습니다.', 'You cannot change to this plan.'),
  CHANGE_ALREADY_SCHEDULED: person(
    200,
    '예약된 상품 변경이 있어 다시 변경할 수 없습니다.',
    'A plan change is already scheduled for this line.',
  ),
  PLAN_VERSION_CONFLICT: person(200, '다른 변경이 먼저 처리되었습니다.', 'Another change was made first.'),
  /** Said when a change is asked for without the password given for it just now. */
  STEP_UP_REQUIRED: person(
    200,
    '요금 차이가 큰 변경입니다. 비밀번호를 다시 입력해 주세요.',
    'This changes the price a lot: please enter your password again.',
  ),
  CHANGE_IN_PROGRESS: nobody(200, '진행 중인 변경이 있습니다.', 'A change is already in progress.'),
  /** Nobody can tell yet whether it was done: the same externalId finds out. */
  CHANGE_PENDING: nobody(200, '처리 결과를 확인 중입니다.', 'The outcome is being checked.'),
  ORDER_NOT_FOUND: person(200, '해당 주문이 없습니다.', 'There is no such order.'),
  ORDER_NOT_HELD: person(200, '운영자 확인을 기다리는 주문이 아닙니다.', 'This order is not waiting for an operator.'),
  SETTLEMENT_INVALID: person(200, '처리 결과의 근거를 확인해 주세요.', 'The decision lacks what it must be based on.'),
  SETTLEMENT_CONTRADICTED: person(200, '통신사의 기록과 다른 결정입니다.', 'The carrier’s books say something else.'),
  SETTLEMENT_UNCONFIRMED: person(
    200,
    '통신사의 기록을 확인할 수 없습니다. 확인 없이 처리하려면 명시해 주세요.',
    'The carrier’s books cannot be read: say so if the order is to be settled on your word alone.',
  ),
  IDEMPOTENCY_KEY_REQUIRED: developer(
    400,
    '요청 식별 키(externalId, 1~64자)가 필요합니다.',
    'An externalId of 1 to 64 characters is required.',
  ),
  IDEMPOTENCY_KEY_REUSED: developer(
    409,
    '이미 다른 요청에 사용된 식별 키입니다.',
    'This externalId was used for another request.',
  ),
  IDEMPOTENCY_IN_PROGRESS: nobody(409, '같은 요청이 처리 중입니다.', 'The same request is in progress.'),
  // systems behind us
  KOS_UNAVAILABLE: nobody(200, '일시적으로 서비스 이용이 어렵습니다', 'The carrier cannot be reached right now.'),
  KOS_BUSY: nobody(200, '잠시 후 다시 시도해 주세요.', 'Please try again in a moment.'),
  /** A service or its database is out of reach, frozen or full. Reads that are kept elsewhere go on. */
  SERVICE_UNAVAILABLE: nobody(503, '일시적으로 이용할 수 없습니다.', 'This part is temporarily unavailable.'),
  /** It took too long. A read is simply asked again; whether a change was made, its own key finds out. */
  TIMED_OUT: nobody(
    504,
    '처리 시간이 초과되었습니다. 변경 요청은 같은 요청으로 다시 시도해 결과를 확인해 주세요.',
    'This took too long: ask again; for a change, with the same key, to see what became of it.',
  ),
  INCOMPLETE_DATA: operations(200, '일부 정보를 가져오지 못했습니다.', 'Part of the answer is missing.'),
  /** More is asked than there are places or database connections for. */
  OVERLOADED: nobody(503, '이용자가 많습니다. 잠시 후 다시 시도해 주세요.', 'Too busy: please try again.'),
  RATE_LIMITED: nobody(429, '요청이 너무 많습니다.', 'Too many requests.'),
  INTERNAL_SERVER_ERROR: operations(500, '처리 중 오류가 발생했습니다.', 'Something went wrong on our side.'),
} as const satisfies Record<string, ErrorEntry>;

/** A code of the catalogue. */
export type ErrorCode = keyof typeof errorCatalogue;

/** The languages an answer can be given in. */
export type Locale = 'ko' | 'en';
