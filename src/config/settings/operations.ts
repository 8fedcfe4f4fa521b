import type { z } from 'zod';
import { setting, wholeNumber } from './setting.ts';

/** The limits of one operation. A larger operation is rejected before it runs. */
export const operationSettings = {
  OPERATION_TIMEOUT_MS: setting(
    wholeNumber(100, 600_000, 10_000),
    'Maximum time of an operation, in milliseconds, including all waiting; then it is answered with 503, and its PostgreSQL statement is canceled. Timeouts of proxies in front of the server must be longer.',
  ),
  MAX_BODY_BYTES: setting(
    wholeNumber(1_000, 10_000_000, 100_000),
    'Maximum size of an HTTP request body and of a WebSocket message, in bytes.',
  ),
  MAX_TOKENS: setting(
    wholeNumber(100, 100_000, 1_000),
    'Maximum number of tokens (names, punctuation, values) in a document.',
  ),
  MAX_DEPTH: setting(
    wholeNumber(1, 100, 10),
    'Maximum nesting depth of fields. Introspection has its own limit.',
  ),
  MAX_INTROSPECTION_DEPTH: setting(
    wholeNumber(1, 100, 15),
    'Maximum nesting depth of introspection fields. The introspection query of graphql-js, Altair and code generators has a depth of 15.',
  ),
  MAX_ALIASES: setting(
    wholeNumber(0, 1_000, 15),
    'Maximum number of aliased fields in an operation, including __typename. A field counts each time a fragment selects it.',
  ),
  MAX_ROOT_FIELDS: setting(
    wholeNumber(1, 1_000, 10),
    'Maximum number of root fields in an operation. Repetitions count.',
  ),
  MAX_SELECTIONS: setting(
    wholeNumber(1, 10_000, 1_000),
    'Maximum number of selections (fields and fragments) in an operation. A selection counts each time a fragment selects it.',
  ),
  MAX_DIRECTIVES: setting(wholeNumber(0, 1_000, 50), 'Maximum number of directives in a document.'),
  MAX_DIRECTIVES_AT_ONE_PLACE: setting(
    wholeNumber(0, 100, 4),
    'Maximum number of directives on one field or at any other single place in a document.',
  ),
  MAX_VARIABLES: setting(
    wholeNumber(0, 1_000, 50),
    'Maximum number of variables that an operation may declare and a request may send.',
  ),
  MAX_VARIABLE_VALUES: setting(
    wholeNumber(0, 100_000, 1_000),
    'Maximum number of values in the variables of a request: the variables themselves and all values in their lists and objects.',
  ),
  MAX_VARIABLE_DEPTH: setting(
    wholeNumber(0, 100, 10),
    'Maximum nesting depth of lists and objects in variables.',
  ),
  MAX_ERRORS: setting(
    wholeNumber(1, 100, 10),
    'Maximum number of errors reported for an operation and its variables.',
  ),
  MAX_COST_ANONYMOUS: setting(
    wholeNumber(1, 10_000_000, 1_000),
    'Maximum cost of an operation of an anonymous viewer. Each field costs 1 for every object that it may be read from; some fields cost more.',
  ),
  MAX_COST_USER: setting(
    wholeNumber(1, 10_000_000, 10_000),
    'Maximum cost of an operation of a user.',
  ),
  MAX_COST_API_CLIENT: setting(
    wholeNumber(1, 10_000_000, 20_000),
    'Maximum cost of an operation of an API client.',
  ),
};

type OperationSettings = {
  readonly [Name in keyof typeof operationSettings]: z.infer<(typeof operationSettings)[Name]>;
};

/** Returns the limits of operations, by their names in the server. */
export const toOperationLimits = (settings: OperationSettings) => ({
  timeoutMs: settings.OPERATION_TIMEOUT_MS,
  maxBodyBytes: settings.MAX_BODY_BYTES,
  maxTokens: settings.MAX_TOKENS,
  maxDepth: settings.MAX_DEPTH,
  maxIntrospectionDepth: settings.MAX_INTROSPECTION_DEPTH,
  maxAliases: settings.MAX_ALIASES,
  maxRootFields: settings.MAX_ROOT_FIELDS,
  maxSelections: settings.MAX_SELECTIONS,
  maxDirectives: settings.MAX_DIRECTIVES,
  maxDirectivesAtOnePlace: settings.MAX_DIRECTIVES_AT_ONE_PLACE,
  maxVariables: settings.MAX_VARIABLES,
  maxVariableValues: settings.MAX_VARIABLE_VALUES,
  maxVariableDepth: settings.MAX_VARIABLE_DEPTH,
  maxErrors: settings.MAX_ERRORS,
  maxCost: {
    anonymous: settings.MAX_COST_ANONYMOUS,
    user: settings.MAX_COST_USER,
    apiClient: settings.MAX_COST_API_CLIENT,
  },
});
