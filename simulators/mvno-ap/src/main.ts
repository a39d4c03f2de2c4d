import { systemClock } from '../../stand-in/clock.ts';
import { readMvnoApConfig } from './config.ts';
import { createMvnoApSimulator } from './simulator.ts';

const simulator = createMvnoApSimulator(readMvnoApConfig(process.env), { clock: systemClock });
const { url, adminUrl } = await simulator.listen();
process.stdout.write(`MVNO AP simulator at ${url}/results, admin door at ${adminUrl}\n`);

const stop = (): void => {
  void simulator.close();
};
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
