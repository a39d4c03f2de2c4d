import { Buffer } from 'node:buffer';

import { CodedError } from '@supergraph/platform/errors';
import { bucketOf, createRateLimiter } from '@supergraph/platform/rate-limit';
import type { Logger } from '@supergraph/platform/telemetry';
import { DAY_MS, type Clock } from '@supergraph/platform/time';
import { operationIdOf } from '@supergraph/schema/operation-manifest';
import { BREAK, visit, type DocumentNode } from 'graphql';
import { LRUCache } from 'lru-cache';

import { canonicalTextOf } from './canonical-text.ts';
import { modeOf, type OperationMode, type OperationModes } from './operation-modes.ts';
import type { OperationRegistry } from './operation-registry.ts';
import type { TextStore } from './text-store.ts';

/** A document as a request names it: by its text, by its id, or by both. */
export interface NamedDocument {
  readonly query: string | null;
  readonly documentId: string | null;
}

/** The text that a request means. */
export interface ResolvedDocument {
  readonly text: string;
  readonly client: string | null;
  readonly mode: OperationMode;
  /** Whether it was named by an id of the client's manifests. */
  readonly isNamedById: boolean;
  /** The id to keep an unregistered text under, as its client wished. */
  readonly idToKeep: string | null;
}

/** Which operations may run, for whom. */
export interface PersistedOperations {
  /** Finds the text. Throws PERSISTED_QUERY_NOT_FOUND for an unknown id, PERSISTED_QUERY_MISMATCH for one of another text. */
  resolve(asked: NamedDocument, client: string | null): Promise<ResolvedDocument>;
  /** Throws OPERATION_NOT_REGISTERED when somebody bound to registered operations asks for another one. */
  assertRegistered(resolved: ResolvedDocument, document: DocumentNode, role: { readonly mayExplore: boolean }): void;
  /**
   * Told of an operation that runs: keeps its text under the id that its client gave, if it wished so and has not had too
   * many kept, and writes down, once, that a client which is only watched sent one that is not registered.
   */
  keep(resolved: ResolvedDocument, document: DocumentNode, asker: { readonly userId: string | null }): Promise<void>;
}

const idPrefix = 'sha256:';
const idPattern = /^[0-9a-f]{64}$/;
const rememberedReports = 1_000;

/** Several times what the longest registered text takes, in bytes. */
const longestKept = 8_192;
/** How many texts one account has kept: about as many as a program has operations. */
const keptTexts = bucketOf(50, DAY_MS, 24);
/** Whoever is not signed in shares with all who are not, so that a stranger cannot fill what others share. */
const nobody = '';

/** An id as registries know it: GraphQL over HTTP writes the hash function in front. */
export function plainId(documentId: string | null): string | null {
  const id = documentId?.startsWith(idPrefix) ? documentId.slice(idPrefix.length) : documentId;
  return id?.toLowerCase() ?? null;
}

/** A comment may say anything, and so many digits may be somebody's number, even within a name. */
const personalPattern = /#|\d{7}/;

/** Texts with values of a person in them are nobody's to keep. */
function mayBePersonal(text: string, document: DocumentNode): boolean {
  let isFound = personalPattern.test(text);
  visit(document, {
    StringValue: () => {
      isFound = true;
      return BREAK;
    },
  });
  return isFound;
}

/** Makes the look-up of operations that clients registered, in git or by themselves. */
export function createPersistedOperations(by: {
  readonly registry: OperationRegistry;
  readonly modes: OperationModes;
  readonly store: TextStore;
  readonly clock: Clock;
  readonly log: Logger;
}): PersistedOperations {
  const { registry, modes, store, clock, log } = by;
  const registrations = createRateLimiter({ rule: keptTexts, name: 'text', nowMs: () => clock.now().getTime() });
  const canonicalTexts = new WeakMap<DocumentNode, string>();
  const reported = new LRUCache<string, true>({ max: rememberedReports });

  async function kept(id: string): Promise<string | null> {
    if (!idPattern.test(id)) return null;
    const text = await store.get(id);
    // whoever can write to the store must not choose what others run
    return text !== null && operationIdOf(text) === id ? text : null;
  }

  function isRegistered({ isNamedById, client }: ResolvedDocument, document: DocumentNode): boolean {
    if (isNamedById) return true;
    const canonical = canonicalTexts.get(document) ?? canonicalTextOf(document);
    canonicalTexts.set(document, canonical);
    return registry.includes(client, canonical);
  }

  function report({ client, text }: ResolvedDocument): void {
    const id = operationIdOf(text);
    if (reported.has(id)) return;
    reported.set(id, true);
    log.info({ client, operationId: id }, 'an operation is not registered');
  }

  return {
    async resolve({ query, documentId }, client) {
      const mode = modeOf(modes, client);
      const id = plainId(documentId);
      if (query !== null) {
        if (id !== null && operationIdOf(query) !== id) throw new CodedError('PERSISTED_QUERY_MISMATCH');
        const isNamedById = id !== null && registry.find(client, id) !== null;
        return { text: query, client, mode, isNamedById, idToKeep: isNamedById ? null : id };
      }
      if (id === null) throw new CodedError('BAD_REQUEST');
      const registered = registry.find(client, id);
      const text = registered ?? (await kept(id));
      if (text === null) throw new CodedError('PERSISTED_QUERY_NOT_FOUND');
      return { text, client, mode, isNamedById: registered !== null, idToKeep: null };
    },

    assertRegistered(resolved, document, { mayExplore }) {
      const { mode, isNamedById } = resolved;
      if (mode === 'log' || mayExplore) return;
      const isAllowed = mode === 'id-only' ? isNamedById : isRegistered(resolved, document);
      if (!isAllowed) throw new CodedError('OPERATION_NOT_REGISTERED');
    },

    async keep(resolved, document, { userId }) {
      const { idToKeep, text, mode } = resolved;
      if (mode === 'log' && !isRegistered(resolved, document)) report(resolved);
      if (idToKeep === null || Buffer.byteLength(text) > longestKept || mayBePersonal(text, document)) return;
      const { isGranted } = await registrations.take(userId ?? nobody);
      if (isGranted) await store.put(idToKeep, text);
    },
  };
}
