import type { Account } from '../domain/account.ts';
import type { ServiceVerdict } from '../domain/list-permissions.ts';
import type { Line } from '../domain/ports.ts';
import type { Session } from '../domain/session.ts';

export type UserModel = Account;
export type LineModel = Line;
export type SessionModel = Session;
export type PermissionModel = ServiceVerdict;

export interface CustomerModel {
  readonly id: string;
}
