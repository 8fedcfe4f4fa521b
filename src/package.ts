export { userOf } from './authentication/viewer.ts';
export { NamedError } from './error-pages.ts';
export { defineCommand } from './schema/domain-command.ts';
export { type AddressLimit, limitAddresses } from './schema/packages/address-attempts.ts';
export { hexColumn, timeColumn, toHex } from './schema/packages/columns.ts';
export { definePackage, withParts } from './schema/packages/define-package.ts';
export {
  anyOf,
  type ExpiringRows,
  findRow,
  fragment,
  hasRows,
  type RemovedRows,
  readRow,
  readRows,
  removeExpiredRows,
  removeRows,
  runSql,
  type Sql,
  type SqlFragment,
  type SqlValue,
} from './schema/packages/sql.ts';
export { toTable } from './values/report.ts';
export { required } from './values/required.ts';
export { createRandomUuid, createUuidSequence, parseUuid } from './values/uuid.ts';
