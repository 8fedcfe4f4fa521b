import type { PackageAuditLog } from 'graphql-gatehouse';
import type { RightsSettings } from '../settings.ts';

/** The reads, for `audit export` and `audit prune`. */
export const readLog: PackageAuditLog<RightsSettings> = {
  table: 'reads',
  row: 'read',
  type: 'RecordRead',
  columns: {
    coordinate: 'coordinate',
    type: 'type',
    ids: 'ids',
    actorKind: 'actor_kind',
    actorId: 'actor_id',
    ip: 'ip',
    operation: 'operation',
    requestId: 'request_id',
  },
  // A row can have a thousand ids.
  pageSize: 100,
  daysKept: ({ AUDIT_READS_DAYS: days }) => days,
};
