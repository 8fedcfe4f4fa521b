import { createGatehouseClient } from '@graphql-gatehouse/client';
import { rules, schemaHash } from './generated/access.ts';
import { askForProof } from './session/question.ts';

/** The API. The console may be served below the path of a proxy. */
export const url: string = new URL('../graphql', document.baseURI).pathname;

/** The session of the console. Projects have schemas of their own, so it asks the server what its viewer may do. */
export const gatehouse = createGatehouseClient({
  url,
  rules,
  schemaHash,
  session: 'cookie',
  onReauthenticate: askForProof,
});
