export { userOf, type Viewer } from './authentication/viewer.ts';
export type { Change } from './changes/change.ts';
export type { CustomClient } from './changes/data-client.ts';
export type { SeedContext } from './composition/context.ts';
export type { DatabaseAccess } from './composition/database-access.ts';
export { type Domain, defineDomain } from './composition/domain.ts';
export { defineCommand, type TypedCommand } from './composition/domain-command.ts';
export { DomainError } from './composition/domain-errors.ts';
export type { PageKey } from './composition/loaders.ts';
export type {
  GatehousePackage,
  LoginAttemptCounters,
  LoginAttemptTable,
  PackageContext,
  PackageWork,
  SettingValues,
} from './composition/package.ts';
export { definePolicy, type Policy, type RowPolicy } from './composition/policy.ts';
export { defineConfig, type GatehouseConfig } from './composition/project.ts';
export { CompositionError } from './composition/sdl/type-defs.ts';
export { parseText } from './composition/text-input.ts';
export { BadUserInputError, ConflictError, NotFoundError } from './errors.ts';
export type {
  BatchPage,
  CreateEventCarrier,
  EventCarrier,
  EventReceiver,
  RelayedRun,
  StoredBatches,
} from './events/event-carrier.ts';
export { createGatehouse, type Gatehouse, type GatehouseOptions } from './gatehouse.ts';
export type { GatehouseContext } from './identity/identity-context.ts';
export type { UserRecord } from './identity/users/user.records.ts';
export type { Check } from './values/check.ts';
export type { Groups } from './values/groups.ts';
export type {
  AttemptCounter,
  LoginAttemptStore,
  Mark,
  TakeOutcome,
} from './values/login-attempt-store.ts';
export type { PackageSetting } from './values/package-setting.ts';
export {
  type Page,
  type PageArguments,
  parsePage,
  toConnection,
} from './values/page.ts';
export { required } from './values/required.ts';
export { isUuid } from './values/uuid.ts';
