/** Words that only the inside of the system uses: addresses, stacks, the database, the engine. */
const insideWords = [
  /127\.0|http:|at \/|prisma|select /i,
  /node:internal|node_modules|ECONN|EPIPE|ioredis|undici|postgres/i,
  /maximum call stack|did you mean|cannot read propert|unexpected token|hunter2/i,
];

/** What of the inside a text shows; null for nothing. */
export const leakIn = (text: string): string | null =>
  insideWords.map((words) => words.exec(text)?.[0]).find((found) => found !== undefined) ?? null;
