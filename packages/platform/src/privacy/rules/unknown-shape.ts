/** All that is shown of a value that no rule knows. */
export const unknownShape = '***';
