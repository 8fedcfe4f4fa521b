import { createRequire } from 'node:module';
import { execute } from 'graphql';
import { group, isPermitted, store } from '../scenario.mjs';

// Its ES modules would load a second graphql (index.mjs) through graphql-query-complexity.
const require = createRequire(import.meta.url);
require('reflect-metadata');
const {
  Authorized,
  buildSchemaSync,
  Field,
  Float,
  ID,
  Int,
  ObjectType,
  Query,
  Resolver,
} = require('type-graphql');

/** Decorators are functions: applied by hand, they need no compiler and do the same. */
export function createTypeGraphql() {
  class Item {}
  decorateField(Item, 'id', [Field(() => ID)]);
  decorateField(Item, 'name', [Field(() => String, { nullable: true }), Authorized(group)]);
  decorateField(Item, 'price', [Field(() => Float, { nullable: true }), Authorized(group)]);
  decorateField(Item, 'stock', [Field(() => Int, { nullable: true }), Authorized(group)]);
  ObjectType()(Item);

  class ItemResolver {
    items() {
      return store.items();
    }
    item() {
      return store.item();
    }
  }
  decorateMethod(ItemResolver, 'items', [Query(() => [Item])]);
  decorateMethod(ItemResolver, 'item', [Query(() => Item)]);
  Resolver()(ItemResolver);

  const schema = buildSchemaSync({
    resolvers: [ItemResolver],
    validate: false,
    authChecker: ({ context }, groups) => groups.some((each) => isPermitted(context, each)),
  });
  return {
    schema,
    run: (document, contextValue) => execute({ schema, document, contextValue }),
  };
}

function decorateField({ prototype }, name, decorators) {
  for (const decorate of decorators) decorate(prototype, name);
}

function decorateMethod({ prototype }, name, decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(prototype, name);
  for (const decorate of decorators) decorate(prototype, name, descriptor);
}
