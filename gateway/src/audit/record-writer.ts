import { createFieldCipher, fieldPlace, type KeyRing } from '@supergraph/platform/encryption';
import type { Viewer } from '@supergraph/platform/identity';
import { scrubText } from '@supergraph/platform/privacy';
import type { Clock } from '@supergraph/platform/time';
import type { OperationDefinitionNode } from 'graphql';

import { keysFor } from './audit-keys.ts';
import type { AuditRecord } from './audit-record.ts';
import type { OperationFacts } from './operation-reader.ts';
import type { SeenData } from './seen-data.ts';
import { createSubjectNames } from './subject-names.ts';

/** What is known of a request before its operation is read. */
export interface AuditedRequest {
  readonly requestId: string;
  readonly client: { readonly address: string; readonly name: string | null };
}

/** What is known of a request so far. */
export interface Draft {
  readonly request: AuditedRequest;
  readonly viewer: Viewer | null;
  readonly asked: {
    readonly operation: OperationDefinitionNode;
    readonly facts: OperationFacts;
    readonly variables: Readonly<Record<string, unknown>>;
  } | null;
}

/** Makes a record out of a draft and how it ended; an outcome of null says that it begins. */
export type WriteRecord = (
  draft: Draft,
  ending: { readonly outcome: string | null; readonly seen?: SeenData },
) => AuditRecord;

/** Programs and operations have names of this form; whatever else stands in their place is not kept. */
const namePattern = /^[A-Za-z_][\w.-]{0,127}$/;

/** A name that a client chose, without what looks personal in it. */
const nameOf = (given: string | null | undefined): string | null =>
  typeof given === 'string' && namePattern.test(given) ? scrubText(given) : null;

/** What the address of a request's client is sealed for. */
export const addressPlace = (requestId: string): string =>
  fieldPlace({ table: 'audit_record', row: requestId, column: 'sealed_address' });

/** Makes the writer of records: ids pass, an address is sealed, and nothing else of what was asked or shown is kept. */
export function createRecordWriter(by: { readonly keys: KeyRing; readonly clock: Clock }): WriteRecord {
  const names = createSubjectNames(by.keys);
  const cipher = createFieldCipher(keysFor('address', by.keys));

  /** Whose data it is about: the ids that were named and shown, and a customer, who reaches nobody else's, in any case. */
  function subjectsOf({ asked, viewer }: Draft, seen: SeenData | undefined): readonly string[] {
    if (asked === null || asked.facts.acts.length === 0) return [];
    const own = viewer?.customerId ?? null;
    const named = asked.facts.readIds(asked.facts.footprint.idArguments, asked.variables);
    const all = [...(own === null ? [] : [own]), ...named, ...(seen?.ids ?? [])];
    return [...new Set(all.map((id) => names.of(id)))];
  }

  return (draft, { outcome, seen }) => {
    const { request, viewer, asked } = draft;
    const { requestId, client } = request;
    return {
      requestId,
      stage: outcome === null ? 'BEGUN' : 'ENDED',
      at: by.clock.now(),
      actorUserId: viewer?.userId ?? null,
      actorRole: viewer?.role ?? null,
      actorSessionId: viewer?.sessionId ?? null,
      sealedAddress: cipher.seal(client.address, addressPlace(requestId)),
      clientName: nameOf(client.name),
      operationName: nameOf(asked?.operation.name?.value),
      operationKind: asked?.operation.operation ?? null,
      documentHash: asked?.facts.documentHash ?? null,
      acts: asked?.facts.acts ?? [],
      subjects: subjectsOf(draft, seen),
      outcome,
      rowsSeen: seen?.rows ?? 0,
      times: 1,
    };
  };
}
