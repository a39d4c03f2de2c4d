import type { UsageBucketResolvers } from '../generated/resolver-types.ts';

const units = { VOICE: 'MINUTE', DATA: 'MEGABYTE', SMS: 'MESSAGE' } as const;

export const UsageBucket: UsageBucketResolvers = {
  used: ({ used }) => String(used),
  allowance: ({ allowance }) => (allowance === null ? null : String(allowance)),
  unit: ({ type }) => units[type],
};
