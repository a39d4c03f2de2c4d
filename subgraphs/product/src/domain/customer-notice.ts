import { readPage, type PageWish } from '@supergraph/platform/pagination';
import type { Clock } from '@supergraph/platform/time';

import type { ProductOrder } from './product-order.ts';
import type { SettledOrder } from './settled-order.ts';

/** Word to a customer of what became of a plan change (알림); put into words when it is read. */
export interface CustomerNotice {
  readonly id: string;
  readonly sentAt: Date;
  readonly order: ProductOrder & SettledOrder;
}

/** A notice as it is written; whom it concerns and what became of it is the order's to say. */
export interface NewNotice {
  /** Of the message it comes from: told twice, it is one notice. */
  readonly id: string;
  readonly customerId: string;
  readonly orderId: string;
  readonly sentAt: Date;
}

/** Where a notice stands among its customer's, newest first. */
export interface NoticePosition {
  readonly sentAt: Date;
  readonly id: string;
}

export interface NoticeBoard {
  /** A notice whose id is there already changes nothing. */
  put(notice: NewNotice): Promise<void>;
  /** One more than asked for when more follow. */
  page(
    customerId: string,
    page: PageWish<NoticePosition>,
  ): Promise<{ readonly notices: readonly CustomerNotice[]; readonly totalCount: number }>;
}

/** Lets the customer know what became of an order; the same message twice is one notice. */
export type NotifyCustomer = (messageId: string, settled: SettledOrder) => Promise<void>;

export const createNotifyCustomer =
  (deps: { readonly board: Pick<NoticeBoard, 'put'>; readonly clock: Clock }): NotifyCustomer =>
  (messageId, { id: orderId, customerId }) =>
    deps.board.put({ id: messageId, customerId, orderId, sentAt: deps.clock.now() });

export interface NoticePage {
  readonly items: readonly CustomerNotice[];
  readonly totalCount: number;
  readonly wish: PageWish<unknown>;
}

const positionPattern = /^(\d{13}) ([\w.:-]{1,100})$/;

export const noticePositionOf = ({ sentAt, id }: NoticePosition): string => `${sentAt.getTime()} ${id}`;

function decodePosition(text: string): NoticePosition | null {
  const [, sentAtMs, id] = positionPattern.exec(text) ?? [];
  return id === undefined ? null : { sentAt: new Date(Number(sentAtMs)), id };
}

/** A customer's notices, newest first. Throws INVALID_PAGE. */
export type ListNotices = (
  customerId: string,
  wish: { readonly first: number; readonly after: string | null },
) => Promise<NoticePage>;

export const createListNotices =
  (board: Pick<NoticeBoard, 'page'>): ListNotices =>
  async (customerId, asked) => {
    const page = readPage(asked, { maxFirst: 100, decode: decodePosition });
    const { notices, totalCount } = await board.page(customerId, page);
    return { items: notices, totalCount, wish: page };
  };
