import { connectRedis } from '@supergraph/platform/cache';
import type { Lifecycle } from '@supergraph/platform/server';
import { describeError, type Logger } from '@supergraph/platform/telemetry';
import type { Clock } from '@supergraph/platform/time';
import { readManifests, type RegisteredOperation } from '@supergraph/schema/operation-manifest';

import type { GatewayConfig } from '../config.ts';
import type { IsRegisteredChange } from '../overload/request-kind.ts';
import { createOperationRegistry } from './operation-registry.ts';
import { createPersistedOperations, plainId, type PersistedOperations } from './persisted-operations.ts';
import { createMemoryTextStore, createRedisTextStore, type TextStore } from './text-store.ts';

const timeoutMs = 50;

/**
 * Opens the operations that clients registered: all of them, and the way to each. Throws BadManifest. On a graph that is not
 * ours nobody registered any.
 */
export function openPersistedOperations(
  { folder, modes, redisUrl, keyPrefix }: GatewayConfig['persistedOperations'],
  by: { readonly isOpen: boolean; readonly life: Lifecycle; readonly clock: Clock; readonly log: Logger },
): {
  readonly registered: readonly RegisteredOperation[];
  readonly isRegisteredChange: IsRegisteredChange;
  readonly operations: PersistedOperations;
} {
  const { isOpen, clock, log } = by;
  const manifests = isOpen ? [] : readManifests(folder);
  const operations = createPersistedOperations({
    registry: createOperationRegistry(manifests),
    modes: isOpen ? new Map() : modes,
    store: openTextStore({ url: redisUrl, prefix: keyPrefix }, by),
    clock,
    log,
  });
  const registered = manifests.flatMap((manifest) => manifest.operations);
  const changes = new Set(registered.filter(({ type }) => type === 'mutation').map(({ id }) => id));
  return {
    registered,
    isRegisteredChange: (documentId) => changes.has(plainId(documentId) ?? ''),
    operations,
  };
}

function openTextStore(
  { url, prefix }: { readonly url: string | null; readonly prefix: string },
  { life, log }: { readonly life: Lifecycle; readonly log: Logger },
): TextStore {
  if (url === null) return createMemoryTextStore();
  const redis = life.own(connectRedis({ url, commandTimeoutMs: timeoutMs }), (connection) => {
    connection.disconnect();
  });
  return createRedisTextStore(redis, {
    prefix,
    failed: (error) => {
      log.warn(describeError(error), 'texts of operations are not kept');
    },
  });
}
