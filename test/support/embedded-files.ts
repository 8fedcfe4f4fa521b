/**
 * Files of `test/api/` about what no kind of database changes: HTTP, GraphQL over it and over sockets, its limits, its log
 * lines, mail servers, and decisions about operations. They test no statement of Gatehouse, or none that another file does
 * not test (those of mails: `mail-outbox` and `mail-tokens`; of factors: `factors-otp`, `factors-keys`, `factors-races`
 * and `factors-faults`; of proofs: `sessions`), and run on the embedded database alone.
 */
export const embeddedFiles: readonly string[] = [
  'test/api/conditional-subscriptions.test.ts',
  'test/api/context-signal.test.ts',
  'test/api/decide-only.test.ts',
  'test/api/denied-data.test.ts',
  'test/api/domain-errors.test.ts',
  'test/api/ended-operations.test.ts',
  'test/api/endless-sources.test.ts',
  'test/api/factors-changes.test.ts',
  'test/api/factors-passkeys.test.ts',
  'test/api/failed-after-change.test.ts',
  'test/api/hash-queue.test.ts',
  'test/api/http.test.ts',
  'test/api/introspection.test.ts',
  'test/api/known-documents.test.ts',
  'test/api/known-operations.test.ts',
  'test/api/lenient.test.ts',
  'test/api/limits.test.ts',
  'test/api/login-redis.test.ts',
  'test/api/mail-away.test.ts',
  'test/api/mail-flows.test.ts',
  'test/api/mail-purpose.test.ts',
  'test/api/mail-sending.test.ts',
  'test/api/operation-log.test.ts',
  'test/api/own-factor.test.ts',
  'test/api/password-words.test.ts',
  'test/api/proofs.test.ts',
  'test/api/quoted-results.test.ts',
  'test/api/quoted-values.test.ts',
  'test/api/refusal.test.ts',
  'test/api/removed-guards.test.ts',
  'test/api/subscriptions-socket.test.ts',
  'test/api/wrong-input.test.ts',
];
