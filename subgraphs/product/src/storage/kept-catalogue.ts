import type { Catalogue } from '../domain/product-offering.ts';
import type { CatalogueSource } from '../domain/ports.ts';
import { cacheRules } from './cache-rules.ts';
import type { KeptQuestion, ReadKept } from './kept-answers.ts';
import { decodeCatalogue } from './kept-shapes.ts';

/** The catalogue as it is shown, and a way to have it at hand and new, whether anybody asks or not. */
export interface KeptCatalogue extends CatalogueSource {
  /** Asks KOS only for a catalogue that is missing or nears its end. Throws KosUnavailable. */
  keepWarm(): Promise<void>;
}

export function createKeptCatalogue(deps: {
  readonly read: ReadKept;
  readonly ask: (priority: 'interactive' | 'background') => Promise<Catalogue>;
}): KeptCatalogue {
  const question = (priority: 'interactive' | 'background'): KeptQuestion<Catalogue> => ({
    name: 'catalogue',
    rule: cacheRules.catalogue,
    decode: decodeCatalogue,
    ask: () => deps.ask(priority),
    askInBackground: () => deps.ask('background'),
  });
  return {
    catalogue: () => deps.read(question('interactive')),
    async keepWarm() {
      await deps.read(question('background'));
    },
  };
}
