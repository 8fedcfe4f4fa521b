import { createGatehouseClient } from '@graphql-gatehouse/client';
import { rules, schemaHash } from './generated/access.ts';
import { askForProof } from './session/question.ts';

/** The session of the console. Projects have schemas of their own, so it asks the server what its viewer may do. */
export const gatehouse = createGatehouseClient({
  // The console may be served below the path of a proxy.
  url: new URL('../graphql', document.baseURI).pathname,
  rules,
  schemaHash,
  session: 'cookie',
  onReauthenticate: askForProof,
});
