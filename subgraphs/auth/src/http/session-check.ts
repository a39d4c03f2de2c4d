import { CodedError, localeOf, presentCode } from '@supergraph/platform/errors';
import { internalTokenHeader, type Viewer } from '@supergraph/platform/identity';
import type { SubgraphServer } from '@supergraph/platform/server';
import { describeError, type Logger } from '@supergraph/platform/telemetry';
import { z } from 'zod';

import type { createCheckSession } from '../domain/check-session.ts';

const bodySchema = z.object({ sessionId: z.string().regex(/^[\w-]{1,64}$/) });

/** Adds the door at which the gateway, and nobody else, asks whether a session still is good. */
export function addSessionCheck(
  app: SubgraphServer['app'],
  parts: {
    readonly checkSession: ReturnType<typeof createCheckSession>;
    readonly verifyInternalToken: (token: string) => Promise<Viewer | null>;
    readonly log: Logger;
  },
): void {
  const isFromGateway = async (token: unknown): Promise<boolean> => {
    try {
      await parts.verifyInternalToken(typeof token === 'string' ? token : '');
      return true;
    } catch (error) {
      if (error instanceof CodedError) return false;
      throw error;
    }
  };

  app.post('/internal/session-check', async (request, reply) => {
    const locale = localeOf(request.headers['accept-language']);
    if (!(await isFromGateway(request.headers[internalTokenHeader]))) {
      return await reply.code(401).send({ errors: [presentCode('INVALID_TOKEN', locale)] });
    }
    const body = bodySchema.safeParse(request.body);
    if (!body.success) return await reply.code(400).send({ errors: [presentCode('BAD_REQUEST', locale)] });
    try {
      return await parts.checkSession(body.data.sessionId);
    } catch (error) {
      if (!(error instanceof CodedError)) throw error;
      parts.log.error(describeError(error.cause ?? error), 'a session could not be checked');
      return await reply.code(503).send({ errors: [presentCode('AUTH_STATE_UNAVAILABLE', locale, error)] });
    }
  });
}
