/** Lets all requests through, or a share of them that follows how late the process is. */
export interface Valve {
  /** Moves the valve by one step after a reading of the lag in milliseconds. */
  adjust(lagMs: number): void;
  isOpen(): boolean;
  isShut(): boolean;
  /** Whether the next request may pass. */
  admits(): boolean;
}

/** A late process sheds fast and takes requests up again slowly, so that it settles at what it can bear. */
const closingFactor = 0.7;
const openingStep = 0.05;
const smallestShare = 0.02;

/** Makes a valve that closes step by step above a lag, opens step by step below half of it, and rests between. */
export function createValve({ closesAboveMs }: { readonly closesAboveMs: number }): Valve {
  let share = 1;
  let due = 0;
  return {
    adjust: (lagMs) => {
      if (lagMs > closesAboveMs) share = share > smallestShare ? share * closingFactor : 0;
      else if (lagMs < closesAboveMs / 2) share = Math.min(1, share + openingStep);
    },
    isOpen: () => share === 1,
    isShut: () => share === 0,
    admits: () => {
      due += share;
      if (due < 1) return false;
      due -= 1;
      return true;
    },
  };
}
