import type { Clock } from '@supergraph/platform/time';

/** Makes ids that sort in the order in which they were made, also within a millisecond of one process. */
export function createInquiryIds(by: { readonly clock: Clock; readonly newId: () => string }): () => string {
  let lastMs = 0;
  let sequence = 0;
  return () => {
    const nowMs = by.clock.now().getTime();
    sequence = nowMs === lastMs ? sequence + 1 : 0;
    lastMs = nowMs;
    return `${nowMs}${String(sequence).padStart(6, '0')}-${by.newId()}`;
  };
}

/** Whether a text can be the id of an inquiry at all. */
export const isInquiryId = (text: string): boolean => /^[A-Za-z0-9_-]{1,64}$/.test(text);
