import type { Domain } from '../composition/domain.ts';
import { createApiClientDomain } from './api-clients/api-client.domain.ts';
import { createAuditDomain } from './audit/audit.domain.ts';
import type { PartsOf } from './identity-parts.ts';
import { createServerInfoDomain } from './server-info/server-info.domain.ts';
import { createSessionDomain } from './sessions/session.domain.ts';
import { createUserDomain } from './users/user.domain.ts';
import { createViewerDomain } from './viewer/viewer.domain.ts';

/** Gatehouse's own domains, in schema order. */
export const createIdentityDomains = (partsOf: PartsOf): readonly Domain[] => [
  createServerInfoDomain(partsOf),
  createViewerDomain(partsOf),
  createSessionDomain(partsOf),
  createUserDomain(partsOf),
  createApiClientDomain(partsOf),
  createAuditDomain(partsOf),
];
