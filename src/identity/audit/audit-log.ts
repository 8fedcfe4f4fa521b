import type { LogTable } from '../../values/log-table.ts';

export const auditLog: LogTable = {
  name: 'audit',
  table: 'gatehouse.audit_events',
  row: 'event',
  columns: {
    action: 'action',
    actorKind: 'actor_kind::text',
    actorId: 'actor_id',
    subjectId: 'subject_id',
    ip: 'ip',
    detail: 'detail',
  },
  pageSize: 1_000,
  daysKept: undefined,
};
