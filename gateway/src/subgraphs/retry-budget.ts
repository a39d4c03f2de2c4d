/** Keeps retries a small share of requests, so that trouble is not answered with more load. */
export interface RetryBudget {
  /** A request is made for the first time. */
  deposit(): void;
  /** Whether one may be made again; if so, it is paid for. */
  withdraw(): boolean;
}

/** What a budget begins with and holds at most: enough for the requests under way when a service restarts. */
const reserve = 20;

/** Makes a budget out of which retries come to a share of the requests at most, short bursts aside. */
export function createRetryBudget(share: number): RetryBudget {
  let balance = reserve;
  return {
    deposit: () => {
      balance = Math.min(reserve, balance + share);
    },
    withdraw: () => {
      if (balance < 1) return false;
      balance -= 1;
      return true;
    },
  };
}
