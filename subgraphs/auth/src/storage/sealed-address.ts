import { fieldPlace, type FieldCipher } from '@supergraph/platform/encryption';

/** Makes the seal of a client's address for a row of a table. */
export const createAddressSeal =
  (cipher: FieldCipher, table: string) =>
  (address: string | null, row: string): string | null =>
    address === null ? null : cipher.seal(address, fieldPlace({ table, row, column: 'client_ip_sealed' }));
