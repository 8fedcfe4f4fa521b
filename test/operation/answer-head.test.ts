import { GraphQLError, getOperationAST, parse } from 'graphql';
import { expect, it } from 'vitest';
import { toHead } from '../../src/operation/answer/answer-head.ts';

it.each([
  ['mutation { rename }', 200],
  ['{ name }', 503],
])(
  'answers %s without the record of its reads, and without data, with status %i',
  (text, status) => {
    const document = parse(text);
    const extensions = { code: 'SERVICE_UNAVAILABLE', reason: 'READ_NOT_RECORDED' };
    const result = { errors: [new GraphQLError('It could not be recorded.', { extensions })] };
    const finished = { result, denials: [], headers: {} };
    const read = { document, operation: getOperationAST(document) ?? undefined };
    expect(toHead(finished, read, { errorStatuses: {} }).status).toBe(status);
  },
);
