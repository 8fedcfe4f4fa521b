import Fastify from 'fastify';
import { expect, it } from 'vitest';
import { answerInTime } from '../../../src/doors/http/answer-in-time.ts';
import { OverloadedError, ServiceUnavailableError } from '../../../src/errors.ts';

const deadline = { signal: () => new AbortController().signal, isOver: () => false };

/** Asks a server that says how the answer was limited, and of which nothing comes where reads end late. */
async function ask(
  request: { method: 'GET' | 'POST'; url?: string; payload?: object },
  error?: Error,
) {
  const limits: string[] = [];
  const fastify = Fastify();
  fastify.route({
    method: ['GET', 'POST'],
    url: '/',
    handler: answerInTime(async () => 'answered', {
      withinBudget: (work) => {
        limits.push('followed');
        return work(deadline);
      },
      withinReadTimeout: async (work) => {
        limits.push('read');
        if (error !== undefined) throw error;
        return work(deadline);
      },
      toClientError: (thrown) =>
        thrown instanceof OverloadedError ? undefined : new ServiceUnavailableError(),
    }),
  });
  const { statusCode, headers, body } = await fastify.inject({ url: '/', ...request });
  return { limits, statusCode, headers, body };
}

it.each([
  { what: 'a query', payload: { query: '{ me { id } }' }, limit: 'read' },
  { what: 'a mutation', payload: { query: 'mutation { logout }' }, limit: 'followed' },
  {
    what: 'a document with a mutation somewhere',
    payload: { query: 'query A { me { id } } mutation\nB { logout }', operationName: 'A' },
    limit: 'followed',
  },
  { what: 'no query', payload: { variables: { query: 'mutation' } }, limit: 'read' },
  { what: 'a query that is no text', payload: { query: ['mutation'] }, limit: 'read' },
])('$what is $limit', async ({ payload, limit }) => {
  const { limits, body } = await ask({ method: 'POST', payload });
  expect({ limits, body }).toEqual({ limits: [limit], body: 'answered' });
});

it('what is asked with GET only reads', async () => {
  const { limits } = await ask({ method: 'GET', url: '/?query=mutation' });
  expect(limits).toEqual(['read']);
});

it('what cannot be read in time is 503, to be asked again', async () => {
  const { statusCode, headers, body } = await ask({ method: 'GET' }, new Error('It was late.'));
  expect(statusCode).toBe(503);
  expect(headers['retry-after']).toBe('1');
  expect(headers['content-type']).toBe('application/json; charset=utf-8');
  expect(JSON.parse(body).errors[0].extensions.code).toBe('SERVICE_UNAVAILABLE');
});

it('what fails for another reason is left to others', async () => {
  const { statusCode } = await ask({ method: 'GET' }, new OverloadedError());
  expect(statusCode).toBe(500);
});
