import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';

/**
 * Takes bodies of JSON in UTF-8, and no others: no texts and no forms, which a page of any origin may send
 * (CSRF), and no bytes that would have to be guessed at. Keys that could change prototypes are refused.
 */
export function registerJsonBody(fastify: FastifyInstance): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    if (typeof body === 'string' || isUtf8(body)) parse(request, String(body), done);
    else done(Object.assign(new Error('The body must be UTF-8 text.'), { statusCode: 400 }));
  });
}
