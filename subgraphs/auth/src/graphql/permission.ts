import { denialText, serviceDescriptions } from './permission-texts.ts';
import type { PermissionResolvers } from './generated/resolver-types.ts';

export const Permission: PermissionResolvers = {
  description: ({ service }, _args, { locale }) => serviceDescriptions[service][locale],
  isGranted: ({ verdict }) => verdict.isGranted,
  denialReason: ({ service, verdict }, _args, { locale }) =>
    verdict.isGranted ? null : denialText(service, verdict.denial)[locale],
};
