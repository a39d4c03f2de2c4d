import type { Server } from 'node:http';

/** Lets a server listen on a port (any free one when left out) and tells its address. */
export async function listenAnywhere(server: Server, port = 0): Promise<string> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return `http://127.0.0.1:${address.port}`;
}
