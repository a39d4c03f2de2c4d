import type { Dispatcher, Pool } from 'undici';
import { ConnectionFailed, MalformedAnswer } from './failures.ts';

/** Header names are lower case; a header sent more than once is a list. */
export type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export interface RawAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly bytes: Buffer;
}

interface ExchangeLimits {
  readonly maxBodyBytes: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Sends one request and collects one answer. Written on undici's dispatch, because only there can be seen whether the
 * request was written; an abort before that withdraws it for good.
 */
export function exchange(
  pool: Pool,
  request: Dispatcher.DispatchOptions,
  { maxBodyBytes, signal }: ExchangeLimits,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    let sending: Dispatcher.DispatchController | undefined;
    let head: { readonly status: number; readonly headers: AnswerHeaders } | undefined;
    const chunks: Buffer[] = [];
    let receivedBytes = 0;

    const fail = (error: Error): void => {
      signal?.removeEventListener('abort', giveUp);
      reject(error);
      sending?.abort(error);
    };
    function giveUp(): void {
      fail(new ConnectionFailed(sending !== undefined, signal?.reason));
    }
    if (signal?.aborted === true) {
      giveUp();
      return;
    }
    signal?.addEventListener('abort', giveUp, { once: true });

    pool.dispatch(request, {
      onRequestStart(controller) {
        if (signal?.aborted === true) controller.abort(new ConnectionFailed(false, signal.reason));
        else sending = controller;
      },
      onResponseStart(_controller, status, headers) {
        if (status < 200) return;
        head = { status, headers };
        if (status >= 300 && status < 400) fail(new MalformedAnswer(status, 'redirected'));
      },
      onResponseData(_controller, chunk) {
        receivedBytes += chunk.length;
        if (head !== undefined && receivedBytes > maxBodyBytes) fail(new MalformedAnswer(head.status, 'too large'));
        else chunks.push(chunk);
      },
      onResponseEnd() {
        signal?.removeEventListener('abort', giveUp);
        if (head !== undefined) resolve({ ...head, bytes: Buffer.concat(chunks) });
      },
      onResponseError(_controller, error) {
        fail(
          head === undefined
            ? new ConnectionFailed(sending !== undefined, error)
            : new MalformedAnswer(head.status, 'cut off', error),
        );
      },
    });
  });
}
