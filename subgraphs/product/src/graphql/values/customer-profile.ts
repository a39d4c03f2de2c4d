import type { CustomerProfileResolvers } from '../generated/resolver-types.ts';

export const CustomerProfile: CustomerProfileResolvers = {
  name: ({ value }) => value.name,
  operatorCode: ({ value }) => value.operatorCode,
  registeredOn: ({ value }) => value.registeredOn,
};
