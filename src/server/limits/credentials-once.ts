import { GraphQLError } from 'graphql';
import { rootFieldsOf } from '../operation-fields.ts';
import type { CheckOperation } from './plugin.ts';

/** Root fields that check credentials, each at the cost of a slow hash or of a guess. */
const credentialFields: readonly string[] = ['login', 'refresh', 'changePassword'];

/** Refuses an operation that checks credentials more than once: one request is one guess. */
export const checkCredentialsOnce: CheckOperation = async ({ document, operation }) => {
  const fields = operation ? rootFieldsOf(document, operation.selectionSet) : [];
  const checks = fields.filter(({ name }) => credentialFields.includes(name.value));
  if (checks.length <= 1) return;
  throw new GraphQLError(
    `An operation may use ${credentialFields.join(', ')} only once in total.`,
    {
      nodes: checks,
      extensions: { code: 'BAD_REQUEST', http: { status: 400 } },
    },
  );
};
