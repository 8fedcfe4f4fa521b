import type { GraphQLRequestContext } from '@apollo/server';
import { ApolloServerErrorCode } from '@apollo/server/errors';
import type { Authorization } from '@gatehouse/authorization';
import type { DocumentNode, GraphQLError } from 'graphql';
import type { RequestError } from '../admission/request-error.ts';
import { findRequestErrors } from '../admission/request-errors.ts';
import { explainInvalid } from '../admission/validate-document.ts';
import type { Context } from '../composition/context.ts';

export interface InvalidOperationOptions {
  readonly authorization: Pick<Authorization<Context>, 'schema' | 'visibleTo'>;
  /** Whether errors name only the part of the schema that the viewer can see. */
  readonly hidesSchema: boolean;
  /** The maximum number of errors in one answer. */
  readonly maxErrors: number;
}

/** Describes invalid operations that Apollo Server parses and validates. */
export interface InvalidOperations {
  /** Returns why no operation of a valid document can run for the request; empty when one can. */
  findErrors(
    requestContext: GraphQLRequestContext<Context> & { readonly document: DocumentNode },
  ): readonly RequestError[];
  /** Replaces the errors of validation in a response. */
  explain(answered: Answered): void;
}

type Answered = Pick<
  GraphQLRequestContext<Context>,
  'errors' | 'document' | 'contextValue' | 'response'
>;

/**
 * Creates the descriptions of invalid operations, with Gatehouse's own messages and by the schema that the viewer can see.
 * Apollo Server validates by the whole schema and caches valid documents for all viewers, so errors are replaced when
 * the response is sent.
 */
export function createInvalidOperations({
  authorization: { schema, visibleTo },
  hidesSchema,
  maxErrors,
}: InvalidOperationOptions): InvalidOperations {
  const shownTo = hidesSchema ? visibleTo : () => schema;
  return {
    findErrors({ document, request, contextValue }) {
      const { operationName, variables: variableValues } = request;
      const visible = () => shownTo(contextValue.viewer);
      return findRequestErrors(
        { document, operationName, variableValues },
        { schema, visible, maxErrors },
      );
    },
    explain({ errors = [], document, contextValue, response: { body } }) {
      if (body?.kind !== 'single' || document === undefined) return;
      if (!errors.some(isValidationError)) return;
      const visible = shownTo(contextValue.viewer);
      const explained = explainInvalid(document, { visible, maxErrors });
      body.singleResult = { ...body.singleResult, errors: explained.map((each) => each.toJSON()) };
    },
  };
}

const isValidationError = ({ extensions }: GraphQLError): boolean =>
  extensions.code === ApolloServerErrorCode.GRAPHQL_VALIDATION_FAILED;
