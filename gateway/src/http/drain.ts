import type { FastifyInstance } from 'fastify';

/**
 * Stops taking requests, lets those under way finish, and ends. Connections still open after the time given are cut.
 * Answers carry `connection: close` meanwhile, or kept-alive clients would hold the server open.
 */
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
