/** The invalidations that Redis has not confirmed yet. */
export interface Debts {
  owe(names: readonly string[]): void;
  isOwed(names: readonly string[]): boolean;
  /** Pays all that is owed now; a name owed again while paying stays owed. */
  settle(pay: (names: readonly string[]) => Promise<unknown>): Promise<void>;
}

/** Makes a list without debts. */
export function createDebts(): Debts {
  const owed = new Map<string, symbol>();
  return {
    owe(names) {
      for (const name of names) owed.set(name, Symbol(name));
    },
    isOwed: (names) => names.some((name) => owed.has(name)),
    async settle(pay) {
      const due = [...owed];
      if (due.length === 0) return;
      await pay(due.map(([name]) => name));
      for (const [name, debt] of due) if (owed.get(name) === debt) owed.delete(name);
    },
  };
}
