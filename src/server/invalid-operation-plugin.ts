import type { ApolloServerPlugin } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import type { Authorization } from '@gatehouse/authorization';
import type { GraphQLError } from 'graphql';
import { findRequestErrors } from '../admission/request-errors.ts';
import { explainInvalid } from '../admission/validate-document.ts';
import type { Context } from '../composition/context.ts';

export interface InvalidOperationOptions {
  readonly authorization: Pick<Authorization<Context>, 'schema' | 'visibleTo'>;
  /** Whether errors speak only of that part of the schema that the viewer can see. */
  readonly hidesSchema: boolean;
  /** How many errors one answer has at most. */
  readonly maxErrors: number;
}

/**
 * Describes what is wrong with an operation in words of our own, and by the schema that the viewer can see.
 *
 * Apollo Server validates before the viewer matters, by the whole schema, and keeps valid documents for everyone:
 * only when the answer is sent are its errors replaced. Which operation is asked for, and its variables, are
 * checked once the guards have decided, before the operation runs. Stands after the plugin that authorizes.
 */
export function createInvalidOperationPlugin({
  authorization: { schema, visibleTo },
  hidesSchema,
  maxErrors,
}: InvalidOperationOptions): ApolloServerPlugin<Context> {
  const shownTo = hidesSchema ? visibleTo : () => schema;
  return {
    async requestDidStart() {
      return {
        async responseForOperation({ document, request, contextValue, response: { http } }) {
          const { operationName, variables: variableValues } = request;
          const visible = () => shownTo(contextValue.viewer);
          const errors = findRequestErrors(
            { document, operationName, variableValues },
            { schema, visible, maxErrors },
          );
          if (errors.length === 0) return null;
          http.status = 400;
          const singleResult = { errors: errors.map((error) => error.toJSON()) };
          return { http, body: { kind: 'single', singleResult } };
        },
        async willSendResponse({ errors = [], document, contextValue, response: { body } }) {
          if (body.kind !== 'single' || document === undefined) return;
          if (!errors.some(isValidationError)) return;
          const visible = shownTo(contextValue.viewer);
          const explained = explainInvalid(document, { visible, maxErrors });
          body.singleResult = {
            ...body.singleResult,
            errors: explained.map((each) => each.toJSON()),
          };
        },
      };
    },
  };
}

const isValidationError = ({ extensions }: GraphQLError): boolean =>
  extensions.code === ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED;
