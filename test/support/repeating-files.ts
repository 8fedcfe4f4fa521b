/**
 * Files that try further what other files promise: by kills, with more nodes, at more pages of the console. `npm test`
 * leaves them out, and `npm test -- --repeats` runs them afterwards. No row of the pages about security rests on one.
 */
export const repeatingFiles: readonly string[] = [
  // Kills and faults, of which the proofs of the same names have more rounds. What a transaction leaves behind when it
  // fails is tested beside it, in test/api/ and test/database/.
  'test/cli/audit-reads-kill.test.ts',
  'test/cli/factors-kill.test.ts',
  'test/cli/faults.test.ts',
  'test/cli/frozen-node.test.ts',
  'test/cli/mail-kill.test.ts',
  'test/cli/removals.test.ts',
  // Several processes, of which test/api/ has the races in one.
  'test/cli/access-count-nodes.test.ts',
  'test/cli/factors-races.test.ts',
  'test/cli/history.test.ts',
  'test/cli/key-rotation.test.ts',
  'test/cli/nats-nodes.test.ts',
  'test/cli/refresh-nodes.test.ts',
  'test/cli/relay-nodes.test.ts',
  'test/cli/rule-races.test.ts',
  'test/cli/subscription-nodes.test.ts',
  // Races of two nodes in one process, and drawn queries by both ways of answering: what one at a time gets is tested
  // beside them, in test/api/, and the proofs of the same names have more.
  'test/api/factors-races.test.ts',
  'test/api/known-documents.test.ts',
  // As a command, what test/api/audit-export.test.ts tries without one.
  'test/cli/audit-export.test.ts',
  // The operation manual, whose commands the proof `operations` types too.
  'test/guides/operations.test.ts',
  // Every page of the console, at both widths and in both themes; and further pages.
  'test/browser/console-access.test.ts',
  'test/browser/console-known.test.ts',
  'test/browser/console-looks.test.ts',
  'test/browser/console-many.test.ts',
  'test/browser/console-programs.test.ts',
  'test/browser/console-scale.test.ts',
  'test/browser/console-shifts.test.ts',
  'test/browser/console-states.test.ts',
  // In Chromium, what test/site/decide.test.ts compares without it.
  'test/browser/site-verdicts.test.ts',
  // In Chromium, what the API promises of passkeys and of accounts by mail, and further pages of the front end.
  'test/browser/mails.test.ts',
  'test/browser/passkeys.test.ts',
  'test/browser/web-mail-links.test.ts',
  'test/browser/web-mail.test.ts',
  'test/browser/web-rooms.test.ts',
];

/**
 * Files whose tests are the same for each kind of database, by `databaseKinds`. `npm test` runs them on PostgreSQL where there
 * is one, and `npm test -- --repeats` on the embedded database afterwards.
 */
export const filesByKind: readonly string[] = [
  'test/database/database.test.ts',
  'test/database/errors.test.ts',
  'test/database/event-tables.test.ts',
  'test/database/migrate.test.ts',
  'test/database/notifications.test.ts',
  'test/database/test-database.test.ts',
  'test/schema/loaders.test.ts',
];

/**
 * The API tests of what the two kinds of databases do differently: statements, transactions that meet or fail, and events.
 * After PostgreSQL, `npm test -- --repeats` runs them on the embedded database too.
 */
export const differingFiles: readonly string[] = [
  'test/api/access-counts.test.ts',
  'test/api/already-exists.test.ts',
  'test/api/audit-partitions.test.ts',
  'test/api/audit-prune.test.ts',
  'test/api/audit-reads-store.test.ts',
  'test/api/audited.test.ts',
  'test/api/caught-change.test.ts',
  'test/api/change-turns.test.ts',
  'test/api/commit-outcomes.test.ts',
  'test/api/concurrency.test.ts',
  'test/api/data-clients.test.ts',
  'test/api/mail-outbox.test.ts',
  'test/api/pages.properties.test.ts',
  'test/api/refresh-races.test.ts',
  'test/api/rows.test.ts',
  'test/api/rule-changes.test.ts',
  'test/api/subscriptions.test.ts',
  'test/api/user-search.test.ts',
];
