import { execute } from 'graphql';
import { createSchema } from '../scenario.mjs';

/** No authorization: what everything else is divided by. */
export function createBaseline() {
  const schema = createSchema();
  return {
    schema,
    run: (document, contextValue) => execute({ schema, document, contextValue }),
  };
}
