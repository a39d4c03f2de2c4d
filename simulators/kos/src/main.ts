import { systemClock } from '../../stand-in/clock.ts';
import { readKosConfig } from './config.ts';
import { createKosSimulator } from './simulator.ts';

const simulator = createKosSimulator(readKosConfig(process.env), { clock: systemClock });
const { url, adminUrl } = await simulator.listen();
process.stdout.write(`KOS simulator at ${url}/kos, admin door at ${adminUrl}\n`);

const stop = (): void => {
  void simulator.close();
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
