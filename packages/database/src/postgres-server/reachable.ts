import { stat } from 'node:fs/promises';
import path from 'node:path';
import type { ProcessIdentity } from '../processes/supervised-process.ts';

const ownerExecute = 0o100;
const groupExecute = 0o010;
const otherExecute = 0o001;

/** Whether `identity` may enter every folder on the way to an existing `target`, and `target` itself. */
export async function isReachable(target: string, identity: ProcessIdentity): Promise<boolean> {
  const { mode, uid, gid } = await stat(target);
  const needed = uid === identity.uid ? ownerExecute : gid === identity.gid ? groupExecute : otherExecute;
  if ((mode & needed) === 0) return false;
  const parent = path.dirname(target);
  return parent === target || (await isReachable(parent, identity));
}
