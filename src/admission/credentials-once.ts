import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { RequestError } from './request-error.ts';
import { rootFieldsOf } from './root-fields.ts';

/** Root fields that check credentials, each at the cost of a slow hash or of a guess. */
const credentialFields: readonly string[] = ['login', 'refresh', 'changePassword'];

/** The refusal of an operation that checks credentials more than once: one request is one guess. */
export function findRepeatedCredentials(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): RequestError | undefined {
  const fields = rootFieldsOf(document, operation.selectionSet);
  const checks = fields.filter(({ name }) => credentialFields.includes(name.value));
  if (checks.length <= 1) return undefined;
  return new RequestError(
    'BAD_REQUEST',
    `An operation may use ${credentialFields.join(', ')} only once in total.`,
    { nodes: checks, facts: { http: { status: 400 } } },
  );
}
