import {
  type DocumentNode,
  type GraphQLError,
  type GraphQLSchema,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
  validate,
} from 'graphql';
import { findDocumentProblem } from './document-problem.ts';
import { RequestError, toInvalid } from './request-error.ts';
import { describeBreach } from './rule-texts.ts';

export interface ValidateOptions {
  readonly schema: GraphQLSchema;
  readonly maxErrors: number;
  /** Whether errors may name types and coordinates of `schema` that the operation does not name. */
  readonly namesSchema: boolean;
  /** Default: the rules of the GraphQL specification. */
  readonly rules?: readonly ValidationRule[] | undefined;
}

/**
 * Validates a document, and describes its errors by rule and node: the messages of graphql-js and of the host's
 * rules are not used. After `maxErrors` errors, one more says that there are others.
 */
export function validateDocument(
  document: DocumentNode,
  { schema, maxErrors, namesSchema, rules = specifiedRules }: ValidateOptions,
): readonly RequestError[] {
  const problem = findDocumentProblem(document);
  if (problem !== undefined) return [toInvalid(problem)];
  const found = validate(
    schema,
    document,
    rules.map((rule) => withOwnTexts(rule, namesSchema)),
    { maxErrors, hideSuggestions: true },
  );
  // graphql-js itself adds an error when it stops early.
  return found.map((error) =>
    error instanceof RequestError ? error : toStopped(found, maxErrors),
  );
}

const toStopped = ({ length }: readonly unknown[], maxErrors: number): RequestError =>
  toInvalid(
    length > maxErrors
      ? 'The operation has more errors than these.'
      : 'The operation is too complex to be validated.',
  );

/** Wraps a rule so that it reports Gatehouse's own texts. Equal errors of one node are reported once. */
function withOwnTexts(rule: ValidationRule, namesSchema: boolean): ValidationRule {
  return (context) => {
    const reported = new Set<string>();
    const reportError = ({ nodes }: GraphQLError): void => {
      const text = describeBreach(rule.name, { nodes: nodes ?? [], context, namesSchema });
      const error = toInvalid(text, nodes);
      const key = `${error.positions} ${text}`;
      if (reported.has(key)) return;
      reported.add(key);
      context.reportError(error);
    };
    return rule(withReport(context, reportError));
  };
}

/** The context of a rule with another `reportError`. All the rest is the context's own, its state included. */
const withReport = (
  context: ValidationContext,
  reportError: ValidationContext['reportError'],
): ValidationContext =>
  new Proxy(context, {
    get(target, key) {
      if (key === 'reportError') return reportError;
      const value: unknown = Reflect.get(target, key);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });

interface ExplainOptions extends Pick<ValidateOptions, 'maxErrors'> {
  /** The part of the schema that the viewer can see. */
  readonly visible: GraphQLSchema;
}

/**
 * Describes why a document is not valid, by the schema that the viewer can see: errors by the whole schema
 * would name hidden types, such as that of `{ users }`. At least one error: a document that is valid by what the
 * viewer sees is wrong in a way that cannot be named.
 */
export function explainInvalid(
  document: DocumentNode,
  { visible: schema, maxErrors }: ExplainOptions,
): readonly RequestError[] {
  const errors = validateDocument(document, { schema, maxErrors, namesSchema: true });
  return errors.length > 0 ? errors : [toInvalid('The operation is not valid.')];
}
