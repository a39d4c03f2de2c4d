import type { FastifyInstance } from 'fastify';

/** Stops taking requests, lets those under way finish, and ends; what is still open after the time given is cut. */
export async function drain(app: FastifyInstance, withinMs: number): Promise<void> {
  const timer = setTimeout(() => {
    app.server.closeAllConnections();
  }, withinMs);
  try {
    await app.close();
  } finally {
    clearTimeout(timer);
  }
}
