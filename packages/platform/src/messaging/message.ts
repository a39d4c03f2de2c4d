/** Something that happened, on its way to those it concerns. `payload` is JSON; `id` is how a receiver knows it again. */
export interface Message {
  readonly id: string;
  /** Words joined by dots, such as `product-order.settled`. */
  readonly topic: string;
  /** Messages of one key reach every queue in the order in which they were published. */
  readonly orderingKey: string;
  readonly payload: unknown;
  readonly createdAt: Date;
}
