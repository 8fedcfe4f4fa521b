import type { FastifyInstance } from 'fastify';
import type { Connections } from './connections.ts';

/**
 * Runs the requests of a connection one after the other (RFC 9112, 9.3.2). A request behind an answer with
 * `connection: close` does not run (9.6), although Node.js may have read it already.
 */
export function registerRequestOrder(
  fastify: FastifyInstance,
  { earlierAnswered }: Pick<Connections, 'earlierAnswered'>,
): void {
  fastify.addHook('onRequest', ({ raw }, reply, next) => {
    const { socket } = raw;
    const proceed = () => (socket.destroyed || socket.writableEnded ? void reply.hijack() : next());
    const earlier = earlierAnswered(socket, raw);
    if (earlier === undefined) proceed();
    else void earlier.then(proceed);
  });
}
