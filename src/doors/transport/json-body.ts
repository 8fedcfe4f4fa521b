import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Body, type BodyLimits, createReadBody, withStatus } from './read-body.ts';

/** Called with the parsed body or with an error. */
type Done = (problem: Error | null, body?: unknown) => void;

/**
 * Accepts only bodies of JSON in UTF-8. Plain text and forms are refused because pages of any origin can send them
 * (CSRF), and invalid UTF-8 because it would be guessed. Keys that could change prototypes are refused.
 */
export function registerJsonBody(fastify: FastifyInstance, limits: BodyLimits): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  const readBody = createReadBody(limits);
  const parser = (request: FastifyRequest, payload: Body, done: Done) => {
    const { 'content-length': length } = request.headers;
    readBody(payload, length === undefined ? undefined : Number(length)).then((body) => {
      if (isUtf8(body)) parse(request, String(body), done);
      else done(withStatus(400, 'The body must be UTF-8 text.'));
    }, done);
  };
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', parser);
}
