/** A backup or a restore cannot be made; the message is one sentence for whoever ran the command. Nothing has changed. */
export class BackupRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BackupRefused';
  }
}

/** Puts what `work` fails with into a sentence that begins with `before`; refusals pass as they are. */
export async function explained<T>(before: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof BackupRefused) throw error;
    throw new BackupRefused(`${before}: ${reasonOf(error)}.`, { cause: error });
  }
}

/** A refused connection to a name with several addresses says nothing itself; each of its parts does. */
function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(reasonOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
