import { eventually as eventuallyWithin } from '@supergraph/database/testing/eventually';

/** Waits until it is so, for what happens beside the answers; rejects after 20 s. */
export const eventually = (isSo: () => boolean | Promise<boolean>): Promise<void> => eventuallyWithin(isSo, 20_000);
