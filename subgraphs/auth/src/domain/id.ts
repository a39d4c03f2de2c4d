/** Whether a text could be an id of ours; anything else names nothing and need not reach the database. */
export const isId = (text: string): boolean => /^[\w-]{1,64}$/.test(text);
