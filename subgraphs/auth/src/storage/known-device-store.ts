import type { KnownDevice } from '../domain/known-device.ts';
import type { KnownDevices } from '../domain/ports.ts';
import type { AuthDatabase, AuthTransaction } from './auth-database.ts';

/** Makes the known devices of the database. */
export const createKnownDeviceStore = (database: AuthDatabase): KnownDevices => ({
  async find(tokenHash, now) {
    const row = await database.knownDevice.findUnique({
      where: { tokenHash, knownUntil: { gt: now } },
      include: { account: { select: { passwordChangedAt: true } } },
    });
    if (row === null) return null;
    const { account, ...device } = row;
    return device.knownSince >= account.passwordChangedAt ? device : null;
  },
});

/** Keeps a device as it is after a login, and of its account's devices only the `most` that were used last. */
export async function keepDevice(transaction: AuthTransaction, device: KnownDevice, most: number): Promise<void> {
  const { id, accountId, lastUsedAt, knownUntil } = device;
  await transaction.knownDevice.upsert({ where: { id }, create: device, update: { lastUsedAt, knownUntil } });
  const surplus = await transaction.knownDevice.findMany({
    where: { accountId, id: { not: id } },
    orderBy: [{ lastUsedAt: 'desc' }, { id: 'desc' }],
    skip: most - 1,
    select: { id: true },
  });
  if (surplus.length > 0)
    await transaction.knownDevice.deleteMany({ where: { id: { in: surplus.map((one) => one.id) } } });
}
