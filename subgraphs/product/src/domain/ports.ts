import type { PageWish } from '@supergraph/platform/pagination';

import type { CalendarDay } from './calendar.ts';
import type { Known } from './freshness.ts';
import type { IdempotencyKey } from './idempotency-key.ts';
import type { KosCall } from './kos-call.ts';
import type { Unavailability } from './kos-unavailable.ts';
import type { Decision, RecordedDecision, RecordedLook } from './operator-decision.ts';
import type { OrderPosition } from './order-position.ts';
import type { PreCheck } from './pre-check.ts';
import type { Catalogue } from './product-offering.ts';
import type { OrderIn, ProductOrder, RefusalReason, StateIn, StateKind, Successor } from './product-order.ts';
import type { CustomerProfile, LineStanding, OwnLine } from './product.ts';
import type { KosRecord } from './reconciliation.ts';

/** What is kept of a customer: the profile (null when KOS does not know the customer) and the lines. */
export interface CustomerRecord {
  readonly profile: CustomerProfile | null;
  readonly lines: readonly OwnLine[];
  readonly fetchedAt: Date;
}

/** A customer as KOS tells it. */
export interface CustomerAtKos {
  readonly profile: CustomerProfile | null;
  readonly lineNumbers: readonly string[];
}

/** Our own copy of whose line is whose. */
export interface CustomerRegister {
  find(customerId: string): Promise<CustomerRecord | null>;
  /** Replaces what is known of the customer; lines KOS no longer lists are nobody's from here on. */
  save(customerId: string, told: CustomerAtKos, fetchedAt: Date): Promise<void>;
}

/** KOS for display: kept answers first, the last good one while KOS is silent. All throw KosUnavailable. */
export interface CustomerSource {
  customer(customerId: string, priority: 'interactive' | 'background'): Promise<CustomerAtKos>;
}
export interface CatalogueSource {
  catalogue(): Promise<Known<Catalogue>>;
}
export interface StandingSource {
  /** null when KOS does not know the line. */
  standing(line: OwnLine): Promise<Known<LineStanding> | null>;
}

/** An answer begun after the question was put, together with the record of the call. */
export type FreshReply<T> =
  | { readonly kind: 'answered'; readonly value: T; readonly call: KosCall }
  | { readonly kind: 'unavailable'; readonly unavailability: Unavailability; readonly call: KosCall };

/** Who pays for a fresh look: the share of calls kept for changes, or everybody's. */
export type LookPriority = 'change' | 'interactive';

/** KOS for decisions: nothing kept is ever used. Never rejects. */
export interface FreshSource {
  standing(line: OwnLine, priority: LookPriority): Promise<FreshReply<LineStanding | null>>;
  catalogue(priority: LookPriority): Promise<FreshReply<Catalogue>>;
}

/** Counts a customer's looks at KOS for a change, before they are made. Throws RATE_LIMITED, with the time to wait. */
export type CountCheck = (customerId: string) => Promise<void>;

/** What became of the request for a change. After `unclear` only KOS's books can tell. */
export type ChangeReply =
  | { readonly kind: 'accepted'; readonly effectiveDate: CalendarDay; readonly call: KosCall }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly call: KosCall }
  | { readonly kind: 'not-sent'; readonly unavailability: Unavailability; readonly call: KosCall }
  | { readonly kind: 'unclear'; readonly call: KosCall };

export interface ChangeSource {
  /** Sends the request at most once, not at all after the deadline. Never rejects. */
  change(order: OrderIn<'SENT'>, line: OwnLine, deadline: Date): Promise<ChangeReply>;
  /** Looks into KOS's books. Never rejects. */
  look(order: ProductOrder, lineNumber: string, priority: BookPriority): Promise<BookLook>;
}

/** Who pays for a look into KOS's books: the share of calls kept for changes, or what others leave over. */
export type BookPriority = 'change' | 'background';

export interface BookLook {
  readonly record: KosRecord;
  readonly call: KosCall;
}

/** A kept result of the three checks. */
export interface Qualification {
  readonly id: string;
  readonly customerId: string;
  readonly lineId: string;
  readonly productCodeBefore: string;
  readonly productCodeAfter: string;
  readonly checks: readonly PreCheck[];
  readonly checkedAt: Date;
}

/** That somebody gave the password for a change. */
export interface StepUp {
  readonly id: string;
  /** See challengeOf. */
  readonly challenge: string;
}

export interface StepUps {
  /** What a token says; null for one that is no good, not any more, or another person's or session's. */
  read(token: string, by: { readonly userId: string; readonly sessionId: string }): Promise<StepUp | null>;
}

/** Why a request did not become an order. */
export type RequestRefusal =
  | 'NOT_ALLOWED'
  | 'SAME_PRODUCT'
  | 'ALREADY_SCHEDULED'
  | 'STEP_UP_REQUIRED'
  | 'VERSION_CONFLICT'
  | 'IN_PROGRESS'
  | 'UNAVAILABLE';

/** A request that did not become an order (MVNO→MP 요청 이력). */
export interface RefusedRequest {
  readonly id: string;
  readonly userId: string;
  readonly customerId: string;
  readonly lineId: string;
  /** null when KOS could not be asked. */
  readonly productCodeBefore: string | null;
  readonly productCodeAfter: string;
  readonly requestedAt: Date;
  readonly refusal: RequestRefusal;
  readonly qualification: Qualification | null;
  readonly calls: readonly KosCall[];
}

export interface RequestJournal {
  qualified(qualification: Qualification, calls: readonly KosCall[]): Promise<void>;
  refused(request: RefusedRequest): Promise<void>;
}

/** Everything that comes into being with an order. */
export interface Placing {
  readonly order: OrderIn<'REQUESTED'>;
  readonly fingerprint: string;
  readonly expectedVersion: number;
  /** The step-up that this order spends; null when it needs none. */
  readonly stepUpId: string | null;
  readonly qualification: Qualification;
  readonly calls: readonly KosCall[];
  /** When the reconciler should look after it, if nothing happens before. */
  readonly dueAt: Date;
}

/** An order found under an idempotency key, with the wish it was made for. */
export interface HeldKey {
  readonly order: ProductOrder;
  readonly fingerprint: string;
}

/**
 * What placing came to; of several at once on a line at most one is placed. `contended`: the key is being used elsewhere.
 * `unclear`: the database went away during the commit; the key will tell.
 */
export type Placed =
  | { readonly kind: 'placed' }
  | { readonly kind: 'same-key'; readonly held: HeldKey }
  | { readonly kind: 'open-order'; readonly order: ProductOrder }
  | { readonly kind: 'version-conflict'; readonly currentVersion: number }
  | { readonly kind: 'step-up-spent' }
  | { readonly kind: 'unclear' }
  | { readonly kind: 'contended' };

/** A step of an order. */
export interface Step<To extends StateKind> {
  readonly to: StateIn<To>;
  readonly at: Date;
  readonly calls: readonly KosCall[];
  /** When the reconciler should look after it; null when nothing is left to find out. */
  readonly dueAt: Date | null;
  /** The operator's decision that the step carries out, put on record with it. */
  readonly decision?: RecordedDecision;
}

/** An order the reconciler has to look after now. */
export interface DueOrder {
  readonly order: ProductOrder;
  readonly lineNumber: string;
  readonly looksBefore: number;
}

export interface OrderStore {
  /** Order, key, request history, checks and calls in one transaction. */
  place(placing: Placing): Promise<Placed>;
  /**
   * Takes a step together with everything that belongs to it: history, calls, line version, the result for the MVNO AP
   * server. null when somebody else took a step first.
   */
  advance<From extends StateKind, To extends Successor<From>>(
    order: OrderIn<From>,
    step: Step<To>,
  ): Promise<OrderIn<To> | null>;
  find(id: string): Promise<ProductOrder | null>;
  /** An order that is or was the operators'; null for any other, existing or not. */
  findHandedOver(id: string): Promise<{ readonly order: ProductOrder; readonly lineNumber: string } | null>;
  findByKey(key: IdempotencyKey): Promise<HeldKey | null>;
  findOpen(lineId: string): Promise<ProductOrder | null>;
  /** Takes one due order for itself until the lease ends; a crash in between only costs that time. */
  claimDue(now: Date, leaseUntil: Date): Promise<DueOrder | null>;
  /** `isCounted`: whether KOS was asked, so that the next look takes longer to come. */
  recordLook(
    orderId: string,
    call: KosCall,
    next: { readonly nextLookAt: Date; readonly isCounted: boolean },
  ): Promise<void>;
}

export interface OrderFilter {
  readonly state: StateKind | null;
  readonly requestedFrom: Date | null;
  readonly requestedBefore: Date | null;
}

export interface OrderHistory {
  findOwn(customerId: string, ids: readonly string[]): Promise<readonly ProductOrder[]>;
  /** One more than asked for when more follow. */
  page(wish: {
    readonly customerId: string;
    readonly lineId: string;
    readonly filter: OrderFilter;
    readonly page: PageWish<OrderPosition>;
  }): Promise<{ readonly orders: readonly ProductOrder[]; readonly totalCount: number }>;
  /** By order, oldest first. */
  callsOf(orderIds: readonly string[]): Promise<ReadonlyMap<string, readonly KosCall[]>>;
}

/** The orders that wait for an operator, longest held first. */
export interface HeldOrders {
  /** One more than asked for when more follow. */
  page(page: PageWish<OrderPosition>): Promise<{
    readonly orders: readonly OrderIn<'NEEDS_OPERATOR'>[];
    readonly totalCount: number;
  }>;
}

/** What operators saw and decided; rows are only ever added. A decision that settles an order is written with its step. */
export interface OperatorJournal {
  looked(look: RecordedLook): Promise<void>;
  /** A decision that settled nothing, with the call to KOS that it took. */
  declined(decision: RecordedDecision, call: KosCall | null): Promise<void>;
  /** The decision that settled an order, if one did. */
  findSettling(orderId: string): Promise<{ readonly userId: string; readonly decision: Decision } | null>;
}
