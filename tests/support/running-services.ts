import type { TestServices } from '@supergraph/database/testing/services';

/** Jest loads the set-up and the tear-down as two modules of one process; this is what they share. */
export const running: TestServices[] = [];
