import type { ExecutionArgs, ExecutionResult, GraphQLError } from 'graphql';
import * as graphqlJs from 'graphql';

interface Later {
  readonly validateSubscriptionArgs?: (
    args: ExecutionArgs,
  ) => ExecutionArgs | readonly GraphQLError[];
}
const all: object = graphqlJs;
/** The check that graphql 17 has made a function of its own, without which nothing is opened. */
const { validateSubscriptionArgs: validate }: Later = all;

/**
 * Opens the events of a subscription as `subscribe` of graphql-js does (GraphQL specification, 6.2.3.1). Resolves with a
 * result when there are none.
 */
export async function openSourceStream(
  args: ExecutionArgs,
): Promise<AsyncIterable<unknown> | ExecutionResult> {
  if (validate === undefined) return graphqlJs.createSourceEventStream(args);
  const validated = validate(args);
  return 'schema' in validated
    ? graphqlJs.createSourceEventStream(validated)
    : { errors: validated };
}
