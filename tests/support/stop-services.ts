import { running } from './running-services.ts';

/** Jest's global tear-down. */
export default async function stopServices(): Promise<void> {
  await Promise.all(running.splice(0).map((services) => services.stop()));
}
