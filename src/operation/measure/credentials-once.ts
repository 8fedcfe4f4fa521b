import type { DocumentNode, OperationDefinitionNode } from 'graphql';
import { selectedFieldsOf } from '../../values/selected-fields.ts';
import { RequestError } from '../errors/request-error.ts';

/** Root fields that check credentials. Each call costs a slow hash, or is a guess. */
const credentialFields: readonly string[] = ['login', 'startSession', 'refresh', 'changePassword'];

/** Refuses an operation that checks credentials more than once: a request may contain only one guess. */
export function findRepeatedCredentials(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): RequestError | undefined {
  const fields = selectedFieldsOf(document, operation.selectionSet);
  const checks = fields.filter(({ name }) => credentialFields.includes(name.value));
  if (checks.length <= 1) return undefined;
  return new RequestError(
    'BAD_REQUEST',
    `An operation may use ${credentialFields.join(', ')} only once in total.`,
    { nodes: checks, facts: { http: { status: 400 } } },
  );
}
