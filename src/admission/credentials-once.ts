import { type DocumentNode, GraphQLError, type OperationDefinitionNode } from 'graphql';
import { rootFieldsOf } from './root-fields.ts';

/** Root fields that check credentials, each at the cost of a slow hash or of a guess. */
const credentialFields: readonly string[] = ['login', 'refresh', 'changePassword'];

/** The refusal of an operation that checks credentials more than once: one request is one guess. */
export function findRepeatedCredentials(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): GraphQLError | undefined {
  const fields = rootFieldsOf(document, operation.selectionSet);
  const checks = fields.filter(({ name }) => credentialFields.includes(name.value));
  if (checks.length <= 1) return undefined;
  return new GraphQLError(
    `An operation may use ${credentialFields.join(', ')} only once in total.`,
    {
      nodes: checks,
      extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
    },
  );
}
