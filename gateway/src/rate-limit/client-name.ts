/** Clients say by this header which program they are, and by its sibling of which version. */
export const clientNameHeader = 'apollographql-client-name';

/** Begins with a letter: a number is no program, but may be somebody's. */
const namePattern = /^[A-Za-z][\w.@/ -]{0,63}$/;

/** The name that a client gives itself, if it is one. */
export const clientNameOf = (header: string | readonly string[] | undefined): string | null =>
  typeof header === 'string' && namePattern.test(header) ? header : null;
