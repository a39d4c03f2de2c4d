/** What KOS can be asked. */
export type KosOperation = 'CUSTOMER' | 'LINE_STATUS' | 'CATALOGUE' | 'CHANGE' | 'CHANGE_STATUS';

/** How a call ended. REFUSED and ABSENT are KOS's own words; after UNCLEAR nobody here knows what KOS did. */
export type KosCallOutcome = 'PENDING' | 'OK' | 'REFUSED' | 'ABSENT' | 'UNCLEAR' | 'NOT_SENT';

/** One call to KOS as the history keeps it (MP→KOS 처리 이력). */
export interface KosCall {
  readonly operation: KosOperation;
  readonly requestedAt: Date;
  /** null when KOS never answered. */
  readonly respondedAt: Date | null;
  /** KOS's own code; null without an answer. */
  readonly resultCode: string | null;
  readonly outcome: KosCallOutcome;
  /** What went over the wire, as JSON; sealed where it is kept. null where it says nothing about anybody. */
  readonly exchange: string | null;
}

/** Whether the call brought what was asked for. */
export const isSuccess = ({ outcome }: KosCall): boolean => outcome === 'OK';

/** How often KOS was asked for its books; a look that was put off is none. */
export const looksIn = (calls: readonly KosCall[]): number =>
  calls.filter(({ operation, outcome }) => operation === 'CHANGE_STATUS' && outcome !== 'NOT_SENT').length;
