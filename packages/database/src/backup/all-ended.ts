/** Waits until every work has ended, well or not, and only then fails with the first failure: nothing goes on behind it. */
export async function allEnded<T>(works: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(works);
  return await Promise.all(works);
}
