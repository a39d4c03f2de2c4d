import type { Message } from '@supergraph/platform/messaging';

import type { EndedInquiry } from '../domain/bill-inquiry.ts';
import { billResultOf } from '../domain/bill-result.ts';
import type { SealedPayloads } from './sealed-payload.ts';

/** An inquiry has ended: this is how others hear of it. */
export const inquirySettledTopic = 'bill-inquiry.settled';

/** The message of an inquiry that has ended, with its result sealed. */
export function inquirySettledMessage(inquiry: EndedInquiry, payloads: SealedPayloads): Message {
  const result = billResultOf(inquiry);
  return {
    id: result.eventId,
    topic: inquirySettledTopic,
    orderingKey: result.lineId,
    payload: payloads.seal(result.eventId, result),
    createdAt: inquiry.completedAt,
  };
}
