import { z } from 'zod';
import { settingFacts, wholeNumber } from './setting.ts';

/** The limits of one operation, which is rejected before it runs, and of its answer. */
export const operationSettings = {
  answerLimits: z.object({
    maxAnswerValues: wholeNumber(100, 10_000_000, 100_000).register(settingFacts, {
      name: 'MAX_ANSWER_VALUES',
      meaning:
        'Maximum number of values in one answer: fields, items of lists, and what is inside custom scalars. A list reads at most half as many rows. A query beyond it is answered with 400 and without data.',
    }),
    maxAnswerCharacters: wholeNumber(1_000, 1_000_000_000, 10_000_000).register(settingFacts, {
      name: 'MAX_ANSWER_CHARACTERS',
      meaning:
        'Maximum number of characters in one answer: texts, ids, enum values and the names of fields.',
    }),
  }),
  operationLimits: z.object({
    timeoutMs: wholeNumber(100, 600_000, 10_000).register(settingFacts, {
      name: 'OPERATION_TIMEOUT_MS',
      meaning:
        'Maximum time of an operation, in milliseconds, including all waiting; then it is answered with 503, and its PostgreSQL statement is canceled. Timeouts of proxies in front of the server must be longer.',
    }),
    maxBodyBytes: wholeNumber(1_000, 10_000_000, 100_000).register(settingFacts, {
      name: 'MAX_BODY_BYTES',
      meaning: 'Maximum size of an HTTP request body and of a WebSocket message, in bytes.',
    }),
    maxTokens: wholeNumber(100, 100_000, 1_000).register(settingFacts, {
      name: 'MAX_TOKENS',
      meaning: 'Maximum number of tokens (names, punctuation, values) in a document.',
    }),
    maxDepth: wholeNumber(1, 100, 10).register(settingFacts, {
      name: 'MAX_DEPTH',
      meaning: 'Maximum nesting depth of fields. Introspection has its own limit.',
    }),
    maxIntrospectionDepth: wholeNumber(1, 100, 15).register(settingFacts, {
      name: 'MAX_INTROSPECTION_DEPTH',
      meaning:
        'Maximum nesting depth of introspection fields. The introspection query of graphql-js, Altair and code generators has a depth of 15.',
    }),
    maxAliases: wholeNumber(0, 1_000, 15).register(settingFacts, {
      name: 'MAX_ALIASES',
      meaning:
        'Maximum number of aliased fields in an operation, including __typename. A field counts each time a fragment selects it.',
    }),
    maxRootFields: wholeNumber(1, 1_000, 10).register(settingFacts, {
      name: 'MAX_ROOT_FIELDS',
      meaning: 'Maximum number of root fields in an operation. Repetitions count.',
    }),
    maxSelections: wholeNumber(1, 10_000, 1_000).register(settingFacts, {
      name: 'MAX_SELECTIONS',
      meaning:
        'Maximum number of selections (fields and fragments) in an operation. A selection counts each time a fragment selects it.',
    }),
    maxDirectives: wholeNumber(0, 1_000, 50).register(settingFacts, {
      name: 'MAX_DIRECTIVES',
      meaning: 'Maximum number of directives in a document.',
    }),
    maxDirectivesAtOnePlace: wholeNumber(0, 100, 4).register(settingFacts, {
      name: 'MAX_DIRECTIVES_AT_ONE_PLACE',
      meaning:
        'Maximum number of directives on one field or at any other single place in a document.',
    }),
    maxVariables: wholeNumber(0, 1_000, 50).register(settingFacts, {
      name: 'MAX_VARIABLES',
      meaning: 'Maximum number of variables that an operation may declare and a request may send.',
    }),
    maxVariableValues: wholeNumber(0, 100_000, 1_000).register(settingFacts, {
      name: 'MAX_VARIABLE_VALUES',
      meaning:
        'Maximum number of values in the variables of a request: the variables themselves and all values in their lists and objects.',
    }),
    maxVariableDepth: wholeNumber(0, 100, 10).register(settingFacts, {
      name: 'MAX_VARIABLE_DEPTH',
      meaning: 'Maximum nesting depth of lists and objects in variables.',
    }),
    maxErrors: wholeNumber(1, 100, 10).register(settingFacts, {
      name: 'MAX_ERRORS',
      meaning: 'Maximum number of errors reported for an operation and its variables.',
    }),
    maxCost: z.object({
      anonymous: wholeNumber(1, 10_000_000, 1_000).register(settingFacts, {
        name: 'MAX_COST_ANONYMOUS',
        meaning:
          'Maximum cost of an operation of an anonymous viewer. Each field costs 1 for every object that it may be read from; some fields cost more.',
      }),
      user: wholeNumber(1, 10_000_000, 10_000).register(settingFacts, {
        name: 'MAX_COST_USER',
        meaning: 'Maximum cost of an operation of a user.',
      }),
      apiClient: wholeNumber(1, 10_000_000, 20_000).register(settingFacts, {
        name: 'MAX_COST_API_CLIENT',
        meaning: 'Maximum cost of an operation of an API client.',
      }),
    }),
  }),
};
