import { startTestServices } from '@supergraph/database/testing/services';
import { running } from './running-services.ts';

/** Jest's global set-up: the test processes inherit the addresses through the environment. */
export default async function startServices(): Promise<void> {
  const services = await startTestServices(process.env);
  running.push(services);
  Object.assign(process.env, services.variables);
}
