import { DAY_MS } from '@supergraph/platform/time';

export const deviceRules = {
  /** How long after its last login a device is still known. */
  knownForMs: 90 * DAY_MS,
  /** One device more, and the one that was not used for longest is forgotten. */
  mostPerAccount: 10,
} as const;

/** A device that its owner signed in from. All it is good for is a count of wrong passwords of its own. */
export interface KnownDevice {
  readonly id: string;
  readonly accountId: string;
  readonly tokenHash: string;
  readonly knownSince: Date;
  readonly lastUsedAt: Date;
  readonly knownUntil: Date;
}

/** The device as it is after one more login from it. */
export const usedAt = (
  device: Pick<KnownDevice, 'id' | 'accountId' | 'tokenHash' | 'knownSince'>,
  now: Date,
): KnownDevice => ({ ...device, lastUsedAt: now, knownUntil: new Date(now.getTime() + deviceRules.knownForMs) });
