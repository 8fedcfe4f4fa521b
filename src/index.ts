export { userOf, type Viewer } from './authentication/viewer.ts';
export type { Change } from './changes/change.ts';
export type { CustomClient } from './changes/data-client.ts';
export type { PackageDatabase } from './changes/package-database.ts';
export type { SeedContext } from './context/context.ts';
export type { ListRequest, PageRequest, RowRequest } from './context/read-lists.ts';
export type { RouteCall, RoutedOperation, RoutedResult } from './context/route.ts';
export type { Found } from './context/schema-types.ts';
export { BadUserInputError, ConflictError, NotFoundError } from './errors.ts';
export type {
  BatchPage,
  CreateEventCarrier,
  EventCarrier,
  EventReceiver,
  RelayedRun,
  StoredBatches,
} from './events/event-carrier.ts';
export { createGatehouse } from './gatehouse/create-gatehouse.ts';
export type { Gatehouse, GatehouseOptions } from './gatehouse/start-gatehouse.ts';
export type { GatehouseContext } from './identity/identity-context.ts';
export type { UserRecord } from './identity/users/user.records.ts';
export type { DatabaseAccess } from './schema/database-access.ts';
export { type Domain, defineDomain } from './schema/domain.ts';
export { defineCommand, type TypedCommand } from './schema/domain-command.ts';
export { DomainError } from './schema/domain-errors.ts';
export type {
  AccountHistory,
  AskedHistory,
  HistoryPage,
  HistoryRecord,
  RecordCause,
} from './schema/packages/account-history.ts';
export type {
  CheckOutcome,
  ComposedSchema,
  OperationVerdicts,
  SchemaCheck,
  SchemaCommand,
  Steps,
} from './schema/packages/composed-schema.ts';
export type { DeliveredAnswer } from './schema/packages/delivered-answer.ts';
export type { ArrivedOperation, OperationGate } from './schema/packages/operation-gate.ts';
export type { GroupUses, OperationObserver } from './schema/packages/operation-observer.ts';
export type {
  GatehousePackage,
  LoginAttemptCounters,
  LoginAttemptTable,
  PackageAuditLog,
  PackageContext,
  PackageExamination,
  PackagePages,
  PackageParts,
  PackageRoute,
  PackageRuntime,
  PackageWork,
  ProjectFacts,
  SettingValues,
} from './schema/packages/package.ts';
export type {
  AccountActor,
  AccountChange,
  AccountEvent,
  AccountFacts,
  AskedOperation,
  ChangingAccount,
  NewAccount,
  NewPassword,
  PackageAccounts,
  PackageWrite,
  SourceGroups,
} from './schema/packages/package-accounts.ts';
export type { PackageErrors } from './schema/packages/package-errors.ts';
export type {
  AccessChangesReport,
  CheckedRegistry,
  DecidedOperations,
  GroupReport,
  GroupSummary,
  HealthReport,
  OperationUse,
  OperationVerdictReport,
  PackageReports,
  SigningKeyReport,
  ViewReport,
  WaysReport,
} from './schema/packages/package-reports.ts';
export { definePolicy, type Policy, type RowPolicy } from './schema/policies/policy.ts';
export { defineConfig, type GatehouseConfig } from './schema/project.ts';
export { CompositionError } from './schema/sdl/composition-error.ts';
export { parseText } from './schema/text-input.ts';
export type { Check } from './values/check.ts';
export type { Email } from './values/email.ts';
export type { AuthenticationTimes, FactorRow, ProvedFactors } from './values/factor.ts';
export type { Groups } from './values/groups.ts';
export type {
  AttemptCounter,
  LoginAttemptStore,
  Mark,
  TakeOutcome,
} from './values/login-attempt-store.ts';
export type { PackageSetting } from './values/package-setting.ts';
export type { Connection } from './values/page.ts';
export type {
  AccountNotice,
  FactorRules,
  GiveToAccount,
  GroupDemand,
  NewAccountAttempt,
  ProofAttempt,
  ProofKind,
  ProofPurpose,
  RightProof,
  WrongProof,
} from './values/proof.ts';
export { required } from './values/required.ts';
export type { SqlTransaction } from './values/sql-transaction.ts';
export { isUuid } from './values/uuid.ts';
