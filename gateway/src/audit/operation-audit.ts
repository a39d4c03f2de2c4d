import { CodedError, errorCatalogue, isErrorCode, type ErrorCode } from '@supergraph/platform/errors';
import type { Viewer } from '@supergraph/platform/identity';
import { SECOND_MS } from '@supergraph/platform/time';
import { OperationTypeNode, type FormattedExecutionResult } from 'graphql';

import { isCarriedOut } from '../answer/carried-out.ts';
import type { AuditRecord } from './audit-record.ts';
import type { AuditTrail } from './audit-trail.ts';
import { createOperationReader, type AskedOperation } from './operation-reader.ts';
import type { AuditedRequest, Draft, WriteRecord } from './record-writer.ts';
import { variablesOf } from './id-arguments.ts';
import { openRefusalBook } from './refusal-book.ts';
import { readSeenData } from './seen-data.ts';

/** The record of one request, as it comes to be. */
export interface AuditEntry {
  /** Told what is asked as soon as that can be read. */
  asks(operation: AskedOperation, variables: Readonly<Record<string, unknown>>): void;
  /** Told who asks; null for nobody. */
  by(viewer: Viewer | null): void;
  /**
   * To be awaited when nothing is in the way any more, before a subgraph is asked. Throws AUDIT_UNAVAILABLE for a change
   * that cannot be written down now, and for a read that nothing could be written down about later.
   */
  begin(): Promise<void>;
  /** To be awaited before the answer leaves. */
  end(result: FormattedExecutionResult): Promise<void>;
  /** To be awaited before a refusal leaves; of what has ended, nothing more is said. */
  refuse(code: string): Promise<void>;
}

/** Writes down who saw or changed whose data. */
export interface OperationAudit {
  open(request: AuditedRequest): AuditEntry;
  /** Writes down what waits. */
  close(): Promise<void>;
}

/** Auth keeps a history of these in its own database, and a session must end whenever its owner wants it to. */
const isLeftToAuth = (acts: readonly string[]): boolean =>
  acts.every((act) => act === 'login' || act.startsWith('session.'));

function codeIn({ errors }: FormattedExecutionResult): ErrorCode | null {
  const [first] = errors ?? [];
  if (first === undefined) return null;
  const code: unknown = first.extensions?.['code'];
  return isErrorCode(code) ? code : 'INTERNAL_SERVER_ERROR';
}

/** How it ended. */
function outcomeOf(refusal: ErrorCode | null, isPartial: boolean): string {
  if (refusal === null) return 'OK';
  return isPartial ? 'PARTIAL' : refusal;
}

/** Whether a code says that somebody may not, or not now, rather than that something failed. */
const isRefusal = (code: ErrorCode): boolean => {
  const { httpStatus } = errorCatalogue[code];
  return httpStatus >= 400 && httpStatus < 500;
};

/** Makes the audit of a gateway: every operation with an audited field, and every refused one, is written to the trail. */
export function createOperationAudit(by: { readonly trail: AuditTrail; readonly write: WriteRecord }): OperationAudit {
  const { trail, write } = by;
  const factsOf = createOperationReader();
  const refusals = openRefusalBook(trail);

  return {
    open(request) {
      let draft: Draft = { request, viewer: null, asked: null };
      let hasBegun = false;
      let hasEnded = false;
      const audited = () => (draft.asked !== null && draft.asked.facts.acts.length > 0 ? draft.asked : null);
      // whoever reads that a change began must find how it ended
      const noteRefusal = (record: AuditRecord): Promise<void> =>
        hasBegun ? trail.note(record) : refusals.enter(record, request.client);
      const enterRefusal = async (code: string): Promise<void> => {
        if (!hasEnded) await noteRefusal(write(draft, { outcome: code }));
        hasEnded = true;
      };

      return {
        asks(asked, given) {
          const { operation } = asked;
          draft = { ...draft, asked: { operation, facts: factsOf(asked), variables: variablesOf(operation, given) } };
        },
        by(viewer) {
          draft = { ...draft, viewer };
        },
        async begin() {
          const asked = audited();
          if (asked === null || isLeftToAuth(asked.facts.acts)) return;
          const isChange = asked.operation.operation === OperationTypeNode.MUTATION;
          if (isChange) {
            await trail.insist(write(draft, { outcome: null }));
            hasBegun = true;
          } else if (!trail.hasRoom()) throw new CodedError('AUDIT_UNAVAILABLE', { retryAfterMs: SECOND_MS });
        },
        async end(result) {
          const code = codeIn(result);
          const asked = audited();
          if (asked === null || result.data === undefined) {
            if (code !== null && (result.data === undefined || isRefusal(code))) await enterRefusal(code);
            return;
          }
          hasEnded = true;
          const seen = readSeenData(asked.facts.footprint, result.data);
          // something may have been shown, or changed, beside what was refused
          const isPartial = seen.rows > 0 || (hasBegun && isCarriedOut(result, asked.facts.rootFields));
          const record = write(draft, { outcome: outcomeOf(code ?? seen.refusal, isPartial), seen });
          const isRefusedWhole = !isPartial && code !== null && isRefusal(code);
          if (isRefusedWhole) await noteRefusal(record);
          else if (!isLeftToAuth(asked.facts.acts) || trail.hasRoom()) await trail.note(record);
        },
        refuse: enterRefusal,
      };
    },
    async close() {
      await refusals.close();
      await trail.close();
    },
  };
}

const nothing = (): Promise<void> => Promise.resolve();

/** Writes nothing down. */
export const noAudit: OperationAudit = {
  open: () => ({ asks: () => undefined, by: () => undefined, begin: nothing, end: nothing, refuse: nothing }),
  close: nothing,
};
