/** The server has taken connections and said nothing; it is looked at again beside the requests. */
export class DatabaseSilent extends Error {
  constructor() {
    super('the database server does not answer');
    this.name = 'DatabaseSilent';
  }
}

/** Asks the server only while it answers, so that a frozen one costs each caller one time-out at most. */
export interface Reachability {
  /** Resolves when the server may be asked; waits for the look that a doubt began. Throws DatabaseSilent. */
  pass(): Promise<void>;
  /** Somebody waited in vain: look whether the server still answers. */
  doubt(): void;
  close(): void;
}

type State =
  | { readonly kind: 'answering' }
  | { readonly kind: 'doubted'; readonly isAnswering: Promise<boolean> }
  | { readonly kind: 'silent'; readonly nextLook: NodeJS.Timeout };

/** Watches one server. A server that refuses is not silent: whoever asks it learns so at once. */
export function createReachability(watch: {
  /** Tells whether the server says anything at all, within a limit of its own. Never rejects. */
  readonly look: () => Promise<boolean>;
  readonly everyMs: number;
}): Reachability {
  let state: State = { kind: 'answering' };
  let isClosed = false;

  async function look(): Promise<boolean> {
    const isAnswering = await watch.look();
    if (isAnswering || isClosed) state = { kind: 'answering' };
    else state = { kind: 'silent', nextLook: setTimeout(() => void look(), watch.everyMs).unref() };
    return isAnswering;
  }

  return {
    async pass() {
      switch (state.kind) {
        case 'answering':
          return;
        case 'doubted':
          if (await state.isAnswering) return;
          throw new DatabaseSilent();
        case 'silent':
          throw new DatabaseSilent();
      }
    },
    doubt() {
      if (state.kind === 'answering' && !isClosed) state = { kind: 'doubted', isAnswering: look() };
    },
    close() {
      isClosed = true;
      if (state.kind === 'silent') clearTimeout(state.nextLook);
      state = { kind: 'answering' };
    },
  };
}
