import { addressOf, libraryPages } from '@graphql-gatehouse/authorization/pages';

/**
 * Every name of an error, by the page that explains it: codes and reasons that clients get, what `gatehouse check` and
 * `gatehouse doctor` find, and mistakes that keep a command or the server from its work.
 */
export const errorPages = {
  authentication: [
    'UNAUTHENTICATED',
    'TOKEN_MISSING',
    'TOKEN_MALFORMED',
    'TOKEN_EXPIRED',
    'TOKEN_INVALID',
    'TOKEN_REVOKED',
    'BAD_CREDENTIALS',
    'FACTOR_REQUIRED',
    'CHALLENGE_ENDED',
    'AUTHENTICATION_TOO_OLD',
    'FACTORS_MISSING',
    'RATE_LIMITED',
  ],
  authorization: [
    'FORBIDDEN',
    'GROUP_REQUIRED',
    'POLICY_DENIED',
    'POLICY_FAILED',
    'ROW_MISSING',
    'CROSS_SITE',
    'NOT_FOUND',
  ],
  requests: [
    'BAD_REQUEST',
    'BODY_TOO_LARGE',
    'BAD_USER_INPUT',
    'GRAPHQL_PARSE_FAILED',
    'GRAPHQL_VALIDATION_FAILED',
    'OPERATION_RESOLUTION_FAILURE',
    'OPERATION_UNKNOWN',
    'PERSISTED_QUERY_NOT_FOUND',
    'PERSISTED_QUERY_NOT_SUPPORTED',
    'BATCHING_NOT_SUPPORTED',
    'INCREMENTAL_DELIVERY_NOT_SUPPORTED',
    'FRAGMENT_VARIABLES_NOT_SUPPORTED',
    'INTROSPECTION_DISABLED',
    'INTROSPECTION_NESTED',
    'INTROSPECTION_FAILED',
  ],
  limits: [
    'OPERATION_TOO_LARGE',
    'TOKENS',
    'DEPTH',
    'INTROSPECTION_DEPTH',
    'ALIASES',
    'ROOT_FIELDS',
    'SELECTIONS',
    'DIRECTIVES',
    'DIRECTIVES_AT_ONE_PLACE',
    'VARIABLES',
    'VARIABLE_VALUES',
    'VARIABLE_DEPTH',
    'COST',
    'OPERATION_TOO_COMPLEX',
    'ANSWER_VALUES',
    'ANSWER_CHARACTERS',
    'ROWS',
    'TOO_MANY_SUBSCRIPTIONS',
  ],
  conflicts: [
    'CONFLICT',
    'ALREADY_EXISTS',
    'CHANGED_MEANWHILE',
    'STILL_REFERENCED',
    'LAST_ADMIN',
    'LAST_HOLDER',
    'PLACE_IN_USE',
    'PLACES_LIMIT',
    'GROUP_FROM_SOURCE',
    'GROUP_IMPLIED',
    'CLIENT_DISABLED',
  ],
  /** Reasons of the packages `factors`, `mail` and `providers`. */
  accounts: [
    'LAST_FACTOR',
    'RECOVERED_SESSION',
    'ENROLMENT_CLOSED',
    'NO_SECOND_FACTOR',
    'ALREADY_ENROLLED',
    'PASSKEY_EXISTS',
    'TOO_MANY_APPS',
    'TOO_MANY_PASSKEYS',
    'PASSKEYS_OFF',
    'OWN_ACCOUNT',
    'SEPARATE_DUTIES',
    'KEY_PRESENT',
    'LINK_ENDED',
    'TOO_MANY_LINKS',
    'TOO_MANY_ATTEMPTS',
    'HAS_ACCOUNT',
    'OTHER_ADDRESS',
    'INVITER_MAY_NOT',
    'NO_ADDRESS',
    'ALREADY_VERIFIED',
    'NO_VERIFIED_ADDRESS',
    'MAIL_INSTEAD',
    'IDENTITY_TAKEN',
    'IDENTITY_DISABLED',
    'TOO_MANY_IDENTITIES',
    'SIGN_UP_OFF',
    'LAST_WAY_IN',
  ],
  server: [
    'INTERNAL_SERVER_ERROR',
    'OUTCOME_UNKNOWN',
    'SERVICE_UNAVAILABLE',
    'DEADLINE',
    'READ_NOT_RECORDED',
    'PROVIDER_UNAVAILABLE',
    'EVENTS_LOST',
  ],
  findings: [
    ...libraryPages.findings,
    'loosened-guard',
    'table-without-migration',
    'data-loss',
    'event-table-missing',
    'event-table-silent',
    'event-table-unchecked',
    'migrations-unapplied',
    'generated-schema-differs',
    'generated-types-differ',
    'access-matrix-differs',
    'package-check',
  ],
  guards: libraryPages.guards,
  schema: [
    'sdl-file-missing',
    'sdl-syntax',
    'schema-invalid',
    'declared-twice',
    'external-schema',
    'unknown-coordinate',
    'unresolved-root-field',
    'part-defined-twice',
    'invalid-command',
    'invalid-error-code',
    'invalid-event-table',
    'event-without-read',
    'group-not-own',
    'group-name-too-long',
    'max-age-missing',
    'audited-log',
  ],
  startup: [
    'config-not-module',
    'config-without-export',
    'generated-files-missing',
    'unknown-option',
    'invalid-package',
    'package-parts-collide',
    'invalid-setting',
    'setting-without-package',
    'invalid-signing-keys',
    'invalid-first-admin',
    'tracing-without-libraries',
    'pages-missing',
    'port-unavailable',
    'invalid-operation-files',
    'factor-key-missing',
  ],
  database: [
    'no-database-chosen',
    'data-folder-in-use',
    'data-folder-unusable',
    'embedded-database-unusable',
    'migrations-pending',
    'migration-history',
    'migration-failed',
    'migration-blocked',
    'migration-lock',
    'tables-not-granted',
  ],
  /** Checks of `gatehouse doctor`, and of the packages of this repository. */
  doctor: [
    'settings',
    'thread pool',
    'signing keys',
    'data folder',
    'database',
    'database user',
    'search path',
    'migrations',
    'groups',
    'clock',
    'events',
    'search',
    'session removal',
    'pooler',
    'replica',
    'second factors',
    'mail server',
    'mails',
    'NATS',
    'operations',
    'Redis',
  ],
} as const;

/** The name of an error that has a page. */
export type ErrorName = (typeof errorPages)[keyof typeof errorPages][number];

/** Returns the addresses at which names are explained, each once. */
export const pagesOf = (names: readonly ErrorName[]): readonly string[] =>
  [...new Set(names)].flatMap((name) => addressOf(errorPages, name) ?? []);

/** Returns the address of a name that may have no page, such as that of a check of a project's package. */
export const findPage = (name: string): string | undefined => addressOf(errorPages, name);

/** What `gatehouse check` finds, by its name. */
export type FindingName = (typeof errorPages.findings)[number];

/** A mistake of a project or an installation, in one line. */
export interface Mistake {
  readonly name: ErrorName;
  readonly problem: string;
}

/** Gives problems of one kind their name. */
export const named = (name: ErrorName, problems: readonly string[]): readonly Mistake[] =>
  problems.map((problem) => ({ name, problem }));

/** An error that operators or developers can correct. Commands print `pages` below its message. */
export class NamedError extends Error {
  readonly pages: readonly string[];

  constructor(names: ErrorName | readonly ErrorName[], message: string, options?: ErrorOptions) {
    super(message, options);
    this.pages = pagesOf([names].flat());
  }
}

/** Returns the addresses of the pages about an error. */
export const pagesOfError = (error: unknown): readonly string[] =>
  error instanceof Error && 'pages' in error && Array.isArray(error.pages)
    ? error.pages.filter((page) => typeof page === 'string')
    : [];
