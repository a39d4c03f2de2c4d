import { readCommandLine } from './command-line.ts';

// A stand-in for Prisma's native `schema-engine` executable, which is downloaded at install time and is
// therefore missing offline. It answers the same protocol and leaves the work to the same engine as WASM.
const invocation = readCommandLine(process.argv.slice(2));

if (invocation.kind === 'maintenance') {
  const { describeFailure, runMaintenance } = await import('./maintenance.ts');
  try {
    await runMaintenance(invocation.command, invocation.url);
  } catch (error) {
    process.stderr.write(describeFailure(error, invocation.url));
    process.exitCode = 1;
  }
} else {
  const { converse } = await import('./converse.ts');
  await converse(invocation);
}
