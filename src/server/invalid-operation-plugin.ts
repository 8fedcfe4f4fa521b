import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import type { Authorization } from '@gatehouse/authorization';
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  validate,
} from 'graphql';
import type { Context } from '../composition/context.ts';

export interface InvalidOperationOptions {
  readonly authorization: Pick<Authorization<Context>, 'schema' | 'visibleTo'>;
  /** How many errors are told at most. */
  readonly maxErrors: number;
  readonly formatError: (formatted: GraphQLFormattedError, error: unknown) => GraphQLFormattedError;
}

/**
 * Tells what is wrong with an operation by the schema that the viewer can see. Errors by the whole schema
 * name types and fields that the operation does not: `{ users }` would be told the type of `users`.
 *
 * Only when the answer is sent is it known to whom: Apollo Server validates before, by the whole schema,
 * and keeps valid documents for everyone. Whether one is valid is the same for all.
 */
export function createInvalidOperationPlugin({
  authorization: { schema, visibleTo },
  formatError,
  maxErrors,
}: InvalidOperationOptions): ApolloServerPlugin<Context> {
  return {
    async requestDidStart() {
      return {
        async willSendResponse({ errors = [], document, contextValue, response: { body } }) {
          if (body.kind !== 'single' || document === undefined) return;
          if (!errors.some(isValidationError)) return;
          const visible = visibleTo(contextValue.viewer);
          const told = validateForViewer(document, { schema, visible, maxErrors });
          if (told === undefined) return; // some rule of the server's own, which names no part of it
          const extensions = { code: ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED };
          const formatted = told.map((error) =>
            formatError(
              { ...error.toJSON(), message: withoutSuggestion(error), extensions },
              error,
            ),
          );
          body.singleResult = { ...body.singleResult, errors: formatted };
        },
      };
    },
  };
}

const isValidationError = ({ extensions }: GraphQLError): boolean =>
  extensions.code === ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED;

/** graphql-js leaves one in, though it is told to hide them. */
function withoutSuggestion({ message }: GraphQLError): string {
  const at = message.endsWith('?') ? message.lastIndexOf('Did you mean') : -1;
  return at === -1 ? message : message.slice(0, at).trimEnd();
}

interface Validation {
  readonly schema: GraphQLSchema;
  /** The part of `schema` that the viewer can see. */
  readonly visible: GraphQLSchema;
  readonly maxErrors: number;
}

/**
 * What is wrong with a document, as far as a viewer may know. One that is right by what the viewer sees, and
 * wrong all the same, is wrong in something that cannot be named.
 */
function validateForViewer(
  document: DocumentNode,
  { schema, visible, maxErrors }: Validation,
): readonly GraphQLError[] | undefined {
  const errors = validate(visible, document, undefined, { hideSuggestions: true, maxErrors });
  if (errors.length > 0) return errors;
  if (validate(schema, document).length === 0) return undefined;
  return [new GraphQLError('The operation is not valid.')];
}
