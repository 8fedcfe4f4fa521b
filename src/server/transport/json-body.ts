import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Body, type BodyLimits, createReadBody, withStatus } from './read-body.ts';

/** Takes a body that was read, or what is wrong with it. */
type Done = (problem: Error | null, body?: unknown) => void;

/**
 * Takes bodies of JSON in UTF-8, and no others: no texts and no forms, which a page of any origin may send
 * (CSRF), and no bytes that would have to be guessed at. Keys that could change prototypes are refused.
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
