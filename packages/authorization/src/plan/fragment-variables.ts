import { type FragmentDefinitionNode, GraphQLError } from 'graphql';

/**
 * A fragment has variables of its own, which graphql 17 can read as an experiment. Answered with 400: guarded input in
 * them would not be found, as their names can be those of other variables.
 */
class FragmentVariablesError extends GraphQLError {
  override readonly name = 'FragmentVariablesError';

  constructor() {
    super('Variables of fragments are not supported: use variables of the operation.', {
      extensions: { code: 'FRAGMENT_VARIABLES_NOT_SUPPORTED', http: { status: 400 } },
    });
  }
}

/** @throws {FragmentVariablesError} when a fragment has variables. */
export function refuseVariables(
  fragment: Pick<FragmentDefinitionNode, 'variableDefinitions'>,
): void {
  if (fragment.variableDefinitions !== undefined && fragment.variableDefinitions.length > 0) {
    throw new FragmentVariablesError();
  }
}
