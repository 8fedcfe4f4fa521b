import { isUtf8 } from 'node:buffer';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Body, type BodyLimits, createReadBody, withStatus } from './read-body.ts';

/**
 * Takes bodies of JSON in UTF-8, and no others: no texts and no forms, which a page of any origin may send
 * (CSRF), and no bytes that would have to be guessed at. Keys that could change prototypes are refused.
 */
export function registerJsonBody(fastify: FastifyInstance, limits: BodyLimits): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  const readBody = createReadBody(limits);
  const parser = async (request: FastifyRequest, payload: Body): Promise<unknown> => {
    const { 'content-length': length } = request.headers;
    const body = await readBody(payload, length === undefined ? undefined : Number(length));
    if (!isUtf8(body)) throw withStatus(400, 'The body must be UTF-8 text.');
    return new Promise((resolve, reject) => {
      parse(request, String(body), (error, value) => (error ? reject(error) : resolve(value)));
    });
  };
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', parser);
}
