/** Why a sealed value did not open. */
export type SealFault = 'malformed' | 'unknown-key' | 'forged';

/** A sealed value did not open: damaged, moved to another place, or made with a key that is not on the ring. */
export class SealBroken extends Error {
  readonly fault: SealFault;

  constructor(fault: SealFault, options?: ErrorOptions) {
    super(`A sealed value cannot be opened (${fault}); it must not be used`, options);
    this.name = 'SealBroken';
    this.fault = fault;
  }
}
