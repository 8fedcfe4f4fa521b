import { execute } from 'graphql';
import { applyMiddleware } from 'graphql-middleware';
import { rule, shield } from 'graphql-shield';
import { createSchema, group, isPermitted } from '../scenario.mjs';

/** A rule that looks at the viewer alone is cached by context: the advice of its documentation. */
export function createShield() {
  const isStaff = rule({ cache: 'contextual' })((_source, _args, context) =>
    isPermitted(context, group),
  );
  const permissions = shield({ Item: { name: isStaff, price: isStaff, stock: isStaff } });
  const schema = applyMiddleware(createSchema(), permissions);
  return {
    schema,
    run: (document, contextValue) => execute({ schema, document, contextValue }),
  };
}
