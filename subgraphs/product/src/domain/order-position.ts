/** Where an order stands in a list of orders: by a moment of its life, then by id. */
export interface OrderPosition {
  readonly at: Date;
  readonly id: string;
}

/** Whether a text can be the id of an order at all. */
export const isOrderId = (text: string): boolean => /^[\w-]{1,64}$/.test(text);

const positionPattern = /^(\d{13}) ([\w-]{1,64})$/;

/** The position as a cursor carries it. */
export const encodePosition = ({ at, id }: OrderPosition): string => `${at.getTime()} ${id}`;

/** null for anything that is no position. */
export function decodePosition(text: string): OrderPosition | null {
  const [, atMs, id] = positionPattern.exec(text) ?? [];
  return id === undefined ? null : { at: new Date(Number(atMs)), id };
}
