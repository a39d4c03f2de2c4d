import { describe, expect, it } from '@jest/globals';

import { generalLimits } from '../operation-limits.ts';
import { createDocumentReader } from './read-document.ts';

describe('Documents', () => {
  it('are not read again once they were found valid, and no flood of others makes them forgotten', () => {
    const { read, remember, recent } = createDocumentReader(generalLimits);
    const valid = read('{ me { id } }');
    remember(valid);
    const others = Array.from({ length: 5_000 }, (_, nth) => read(`{ me { id } } # ${nth}`));
    expect(read('{ me { id } }')).toBe(valid);
    expect(recent(valid.hash)).toBe(valid.document);
    expect(others.some(({ hash }) => recent(hash) !== undefined)).toBe(false);
  });
});
