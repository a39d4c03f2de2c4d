export { exchange } from './exchange.ts';
export type { AnswerHeaders } from './exchange.ts';
export { ConnectionFailed, MalformedAnswer } from './failures.ts';
export type { Malformation } from './failures.ts';
export { createJsonClient } from './json-client.ts';
export type { JsonAnswer, JsonClient, JsonClientOptions, JsonRequest } from './json-client.ts';
