import { findLeftInRedis } from '../canary/left-in-redis.ts';
import { running } from './running-services.ts';

/** Jest's global tear-down. The run fails if its tests have left personal data in the Redis that they shared. */
export default async function stopServices(): Promise<void> {
  const services = running.splice(0);
  try {
    const left = await Promise.all(services.map(({ variables }) => findLeftInRedis(variables.TEST_REDIS_URL)));
    if (left.flat().length > 0) throw new Error(`Personal data was left behind:\n${left.flat().join('\n')}`);
  } finally {
    await Promise.all(services.map((each) => each.stop()));
  }
}
