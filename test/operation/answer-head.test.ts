import { GraphQLError, getOperationAST, parse } from 'graphql';
import { expect, it } from 'vitest';
import { anonymous } from '../../src/authentication/viewer.ts';
import { toHead } from '../../src/operation/answer/answer-head.ts';
import { createTestContext } from '../support/test-context.ts';

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
    const context = createTestContext(anonymous('TOKEN_MISSING'));
    const asked = { query: text, allowedKinds: ['query', 'mutation'], context } as const;
    const read = { document, operation: getOperationAST(document) ?? undefined, asked };
    expect(toHead(finished, read, { errorStatuses: {} }).status).toBe(status);
  },
);
