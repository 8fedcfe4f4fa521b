import type { z } from 'zod';
import { setting, wholeNumber } from './setting.ts';

/** What one operation may be. Larger ones are refused before anything runs. */
export const operationSettings = {
  OPERATION_TIMEOUT_MS: setting(
    wholeNumber(100, 600_000, 10_000),
    'How many milliseconds an operation may take, whatever it waits for. Then it is answered with 503, and its statement in PostgreSQL ends.',
  ),
  MAX_BODY_BYTES: setting(
    wholeNumber(1_000, 10_000_000, 100_000),
    'How many bytes a request over HTTP may have, and a message over a WebSocket.',
  ),
  MAX_TOKENS: setting(
    wholeNumber(100, 100_000, 1_000),
    'How many tokens (names, signs, values) the text of an operation may have.',
  ),
  MAX_DEPTH: setting(
    wholeNumber(1, 100, 10),
    'How many fields may stand inside one another. Introspection has a limit of its own.',
  ),
  MAX_INTROSPECTION_DEPTH: setting(
    wholeNumber(1, 100, 15),
    'How many fields of introspection may stand inside one another. The query of graphql-js, of Altair and of code generators has 15.',
  ),
  MAX_ALIASES: setting(
    wholeNumber(0, 1_000, 15),
    'How many fields an operation may rename, __typename among them, as often as fragments select them.',
  ),
  MAX_ROOT_FIELDS: setting(
    wholeNumber(1, 1_000, 10),
    'How many root fields an operation may select, as often as it does.',
  ),
  MAX_SELECTIONS: setting(
    wholeNumber(1, 10_000, 1_000),
    'How many selections an operation may make: fields and fragments, as often as fragments select them.',
  ),
  MAX_DIRECTIVES: setting(
    wholeNumber(0, 1_000, 50),
    'How many directives an operation may have in all.',
  ),
  MAX_DIRECTIVES_AT_ONE_PLACE: setting(
    wholeNumber(0, 100, 4),
    'How many directives one field may have, or another place in an operation.',
  ),
  MAX_VARIABLES: setting(
    wholeNumber(0, 1_000, 50),
    'How many variables an operation may declare, and a request may send.',
  ),
  MAX_VARIABLE_VALUES: setting(
    wholeNumber(0, 100_000, 1_000),
    'How many values the variables of a request may have, those in lists and objects and these themselves included.',
  ),
  MAX_VARIABLE_DEPTH: setting(
    wholeNumber(0, 100, 10),
    'How many lists and objects may stand inside one another in variables.',
  ),
  MAX_TOLD_ERRORS: setting(
    wholeNumber(1, 100, 10),
    'How many errors of one operation or its variables are looked for and told.',
  ),
  MAX_COST_ANONYMOUS: setting(
    wholeNumber(1, 10_000_000, 1_000),
    'What an operation may cost of whoever has not logged in. Each field costs 1 for every object that it may be read of, and some cost more.',
  ),
  MAX_COST_USER: setting(wholeNumber(1, 10_000_000, 10_000), 'The same, of a user.'),
  MAX_COST_API_CLIENT: setting(wholeNumber(1, 10_000_000, 20_000), 'The same, of a program.'),
};

type OperationSettings = {
  readonly [Name in keyof typeof operationSettings]: z.infer<(typeof operationSettings)[Name]>;
};

/** The limits of operations, by the names that the server gives them. */
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
  maxToldErrors: settings.MAX_TOLD_ERRORS,
  maxCost: {
    anonymous: settings.MAX_COST_ANONYMOUS,
    user: settings.MAX_COST_USER,
    apiClient: settings.MAX_COST_API_CLIENT,
  },
});
