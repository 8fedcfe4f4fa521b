import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  isValueNode,
  type ValidationRule,
  validate,
} from 'graphql';
import { type RequestError, toInvalid } from '../errors/request-error.ts';
import { hasConditionalSubscription } from './conditional-subscription.ts';
import { hasFragmentCycle } from './fragment-cycle.ts';

export interface ValidateOptions {
  readonly schema: GraphQLSchema;
  readonly maxErrors: number;
  /** Default: the rules of the GraphQL specification. */
  readonly rules?: readonly ValidationRule[] | undefined;
}

interface ExplainOptions extends ValidateOptions {
  /** The part of `schema` that the viewer can see. */
  readonly visible: GraphQLSchema;
}

/**
 * Validates a document. The messages are those of the rules; they can name any element of `schema`, and quote literals
 * of the document. After `maxErrors` errors, one more says that there are others.
 */
export function validateDocument(
  document: DocumentNode,
  { schema, maxErrors, rules }: ValidateOptions,
): readonly RequestError[] {
  const problem = findDocumentProblem(document);
  if (problem !== undefined) return [toInvalid(problem)];
  const found = validate(schema, document, rules, { maxErrors, hideSuggestions: true });
  return found.map((error) => toInvalid(messageOf(error), error.nodes));
}

/**
 * Describes errors for which graphql-js throws during validation instead of reporting them. Undefined: no such error.
 * Each is a validation error in the GraphQL specification. Called before `validate`.
 */
function findDocumentProblem(document: DocumentNode): string | undefined {
  if (hasFragmentCycle(document)) return 'Fragments must not form a cycle.';
  return hasConditionalSubscription(document)
    ? 'The root field of a subscription cannot be conditional: remove its @skip and @include.'
    : undefined;
}

/** graphql-js quotes whatever a scalar throws. Only a GraphQLError was written for clients. */
function messageOf({ message, originalError, nodes: [node] = [] }: GraphQLError): string {
  if (originalError === undefined) return message;
  return node !== undefined && isValueNode(node) ? 'A value does not match its type.' : notValid;
}

const notValid = 'The operation is not valid.';

/**
 * Describes why a document is not valid, by the schema that the viewer can see: errors by the whole schema
 * would name hidden types, such as that of `{ users }`. At least one error: a document that is valid by what the
 * viewer sees is wrong in a way that cannot be named.
 */
export function explainInvalid(
  document: DocumentNode,
  { visible: schema, maxErrors }: Omit<ExplainOptions, 'schema' | 'rules'>,
): readonly RequestError[] {
  const errors = validateDocument(document, { schema, maxErrors });
  return errors.length > 0 ? errors : [toInvalid(notValid)];
}

/**
 * Validates a document before its viewer is known, where `visible` is what everyone can see. An error keeps its message
 * if validation by `visible` finds the same error, and otherwise only its place: the message could name hidden types.
 */
export function validateForEveryone(
  document: DocumentNode,
  { visible, ...options }: ExplainOptions,
): readonly RequestError[] {
  const errors = validateDocument(document, options);
  if (errors.length === 0 || visible === options.schema) return errors;
  const shown = validateDocument(document, { ...options, schema: visible }).map(toKey);
  return errors.map((error, index) =>
    // The error after the maximum says that there are others.
    index === options.maxErrors || shown.includes(toKey(error))
      ? error
      : toInvalid(notValid, error.nodes),
  );
}

const toKey = ({ positions, message }: RequestError): string => `${positions} ${message}`;
