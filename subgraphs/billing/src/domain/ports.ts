import type { BillInquiry, BillOutcome, EndedInquiry, InquiryInProgress, InquiryState } from './bill-inquiry.ts';
import type { Bill } from './bill.ts';
import type { BillingMonth } from './billing-month.ts';
import type { KosCall, RecordedKosCall } from './kos-call.ts';

/** A line of the customer who asks. The number is for KOS alone. */
export interface OwnLine {
  readonly id: string;
  readonly customerId: string;
  readonly number: string;
}

/** How KOS is asked: what it may cost, and until when whoever asks waits. */
export interface KosAsk {
  readonly priority: 'interactive' | 'background';
  readonly deadline: Date | null;
}

/** A customer's lines as KOS lists them. */
export interface KosCustomer {
  readonly operatorCode: string;
  readonly lineNumbers: readonly string[];
}

/** What KOS said, null when it does not have what was asked for. */
export interface KosAnswer<T> {
  readonly value: T | null;
  readonly call: KosCall;
}

/** KOS itself, one call each; throws KosDidNotAnswer. */
export interface Kos {
  customer(customerId: string, ask: KosAsk): Promise<KosAnswer<KosCustomer>>;
  bill(question: BillQuestion): Promise<KosAnswer<Bill>>;
}

/** Which lines a customer has. */
export interface LineDirectory {
  /** Throws KOS_UNAVAILABLE or KOS_BUSY when nobody can tell. */
  linesOf(customerId: string, ask: KosAsk): Promise<readonly OwnLine[]>;
}

export interface BillQuestion extends KosAsk {
  readonly line: OwnLine;
  readonly month: BillingMonth;
  /** Whether an old bill will do at once, being renewed beside whoever asks, instead of only while KOS is away. */
  readonly takesStale: boolean;
}

/** What came of a question, and what was asked of KOS for it. */
export interface BillFinding {
  readonly outcome: BillOutcome;
  readonly kosCalls: readonly KosCall[];
}

/** Where bills come from; never rejects because of KOS. */
export interface BillSource {
  find(question: BillQuestion): Promise<BillFinding>;
}

/**
 * The inquiries in progress, kept so that none is lost when a process is. Whoever makes an attempt holds the inquiry
 * for a time longer than any attempt takes; what nobody holds any more is anybody's to take.
 */
export interface InquiryBook {
  /** Writes an inquiry down, its first attempt begun and held by this process. */
  open(inquiry: InquiryInProgress): Promise<void>;
  /** Ends it with its history and its result for the MVNO AP, all or nothing; only the first to end it does. */
  end(inquiry: EndedInquiry, kosCalls: readonly RecordedKosCall[]): Promise<void>;
  /** Writes down an attempt that failed and goes on holding it until the next one. Answers how it stands. */
  postpone(
    inquiry: InquiryInProgress,
    failed: { readonly nextAt: Date; readonly kosCalls: readonly RecordedKosCall[] },
  ): Promise<InquiryInProgress>;
  /** The same for an attempt at which KOS was left alone: it is as if it had not been begun. */
  takeBack(inquiry: InquiryInProgress, until: { readonly nextAt: Date }): Promise<InquiryInProgress>;
  /** Begins the next attempt; null when somebody else has taken it meanwhile. */
  beginNext(inquiry: InquiryInProgress): Promise<InquiryInProgress | null>;
  /** Lets go of an inquiry that waits for its next attempt. */
  release(inquiry: InquiryInProgress): Promise<void>;
  /** Takes inquiries that nobody holds any more, their next attempt begun. */
  takeAbandoned(): Promise<readonly InquiryInProgress[]>;
}

/** Remembers bills that were looked at. */
export interface ReadingHistory {
  /** Resolves when it is written down, or when nobody should wait for that any longer; never rejects. */
  note(inquiry: EndedInquiry, kosCalls: readonly RecordedKosCall[]): Promise<void>;
  /** Resolves when what was noted so far is written, or could not be. */
  settled(): Promise<void>;
}

export interface InquiryFilter {
  readonly state: InquiryState | null;
  readonly requestedFrom: Date | null;
  readonly requestedBefore: Date | null;
}

/** Where a page of inquiries begins: after this one. */
export interface InquiryPosition {
  readonly requestedAt: Date;
  readonly id: string;
}

export interface InquiryArchive {
  /** Those of the ids that are the customer's. */
  findOwn(customerId: string, ids: readonly string[]): Promise<readonly BillInquiry[]>;
  /** Newest first, at most `limit`, and how many there are in all. */
  list(wish: {
    readonly customerId: string;
    readonly lineId: string;
    readonly filter: InquiryFilter;
    readonly after: InquiryPosition | null;
    readonly limit: number;
  }): Promise<{ readonly inquiries: readonly BillInquiry[]; readonly totalCount: number }>;
  /** Oldest first, by inquiry. */
  kosCallsOf(inquiryIds: readonly string[]): Promise<ReadonlyMap<string, readonly RecordedKosCall[]>>;
}
