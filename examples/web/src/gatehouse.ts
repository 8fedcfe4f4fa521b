import { createGatehouseClient } from '@graphql-gatehouse/client';
import { rules, schemaHash } from './generated/access.ts';

/** The session of this page, and what its viewer may do. */
export const gatehouse = createGatehouseClient({
  url: '/graphql',
  rules,
  schemaHash,
  session: 'cookie',
});
