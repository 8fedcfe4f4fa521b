import { buildSchema, execute, GraphQLError, type GraphQLFieldResolver, parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createFormatError, isMasked } from '../../src/operation/errors/format-error.ts';
import { RequestError } from '../../src/operation/errors/request-error.ts';

const schema = buildSchema('type Query { field(n: Int! = 1): String  any: Any } union Any = Query');

const isNoClientError = () => undefined;
const formatError = createFormatError(isNoClientError);

/** What a client gets of the one error of an operation, and whether the log has it. */
async function answerOf(query: string, fieldResolver: GraphQLFieldResolver<unknown, unknown>) {
  const document = parse(query);
  const variableValues = { n: null };
  const { errors = [] } = await execute({ schema, document, variableValues, fieldResolver });
  return errors.map((error) => {
    const { message, extensions } = formatError(error.toJSON(), error);
    return { message, ...extensions, isMasked: isMasked(error, isNoClientError) };
  });
}

const masked = {
  message: 'Internal server error.',
  code: 'INTERNAL_SERVER_ERROR',
  isMasked: true,
};

describe('an error while an operation runs', () => {
  it.each<[string, string, GraphQLFieldResolver<unknown, unknown>]>([
    [
      'that a resolver throws with the nodes of its field',
      '{ field }',
      (_source, _args, _context, { fieldNodes }) => {
        throw new GraphQLError('hunter2', { nodes: fieldNodes });
      },
    ],
    [
      'that a resolver throws with a code of ours',
      '{ field }',
      () => {
        throw new GraphQLError('hunter2', { extensions: { code: 'OPERATION_TOO_COMPLEX' } });
      },
    ],
    ['of a type that cannot be resolved', '{ any { __typename } }', () => ({ a: 'hunter2' })],
    ['of a value that cannot be serialized', '{ field }', () => ({ a: 'hunter2' })],
  ])('%s is masked', async (_what, query, resolver) => {
    expect(await answerOf(query, resolver)).toEqual([masked]);
  });

  it('names a variable that is null where an argument must not be', async () => {
    const query = 'query ($n: Int = 1) { field(n: $n) }';
    expect(await answerOf(query, () => 'text')).toEqual([
      {
        message: 'The variable "$n" does not match the type where it is used.',
        code: 'BAD_USER_INPUT',
        argument: 'n',
        isMasked: false,
      },
    ]);
  });
});

it('an error of a literal is no fault of the server, whatever a scalar has thrown for it', () => {
  const cause = new TypeError('hunter2');
  const extensions = { code: 'GRAPHQL_VALIDATION_FAILED' };
  const error = new GraphQLError('hunter2', { originalError: cause, extensions });
  expect(isMasked(error, isNoClientError)).toBe(false);
  expect(formatError(error.toJSON(), error)).toEqual({
    message: 'The request is not valid.',
    extensions,
  });
  const thrown = new GraphQLError('hunter2', { path: ['field'], originalError: cause, extensions });
  expect(isMasked(thrown, isNoClientError)).toBe(true);
});

it.each([
  new RequestError('GRAPHQL_VALIDATION_FAILED', 'A text of our own.'),
  new GraphQLError('A text of our own.', { extensions: { code: 'OPERATION_TOO_COMPLEX' } }),
])('keeps the text of an error that is ours: $extensions.code', (error) => {
  const formatted = error.toJSON();
  expect(formatError(formatted, error)).toBe(formatted);
});
