import SchemaBuilder from '@pothos/core';
import ScopeAuthPlugin from '@pothos/plugin-scope-auth';
import { execute } from 'graphql';
import { group, isPermitted, store } from '../scenario.mjs';

/** Code first. A scope loader with an argument: asked once for each group and request. */
export function createPothos() {
  const builder = new SchemaBuilder({
    plugins: [ScopeAuthPlugin],
    scopeAuth: {
      authScopes: (context) => ({ group: (required) => isPermitted(context, required) }),
    },
  });
  const guarded = { nullable: true, authScopes: { group } };
  const Item = builder.objectRef('Item').implement({
    fields: (t) => ({
      id: t.exposeID('id'),
      name: t.exposeString('name', guarded),
      price: t.exposeFloat('price', guarded),
      stock: t.exposeInt('stock', guarded),
    }),
  });
  builder.queryType({
    fields: (t) => ({
      items: t.field({ type: [Item], resolve: () => store.items() }),
      item: t.field({ type: Item, resolve: () => store.item() }),
    }),
  });
  const schema = builder.toSchema();
  return {
    schema,
    run: (document, contextValue) => execute({ schema, document, contextValue }),
  };
}
