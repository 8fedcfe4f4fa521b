import authz from '@graphql-authz/core';
import { execute } from 'graphql';
import { createSchema, group, isPermitted } from '../scenario.mjs';

/** Its wrapped `execute`, with the rules in an `authSchema`. A refusal is thrown before execution. */
export function createAuthz() {
  const IsStaff = authz.preExecRule({ error: 'Forbidden' })((context) =>
    isPermitted(context, group),
  );
  const guarded = { __authz: { rules: ['IsStaff'] } };
  const schema = createSchema();
  const guardedExecute = authz.wrapExecuteFn(execute, {
    rules: { IsStaff },
    authSchema: { Item: { name: guarded, price: guarded, stock: guarded } },
  });
  return {
    schema,
    run: (document, contextValue) =>
      guardedExecute({ schema, document, contextValue }).catch((error) => ({ errors: [error] })),
  };
}
