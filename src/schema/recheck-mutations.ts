import type { Authorization } from '@graphql-gatehouse/authorization';
import type { GraphQLSchema } from 'graphql';
import type { Context } from '../context/context.ts';
import { createNamedRows } from './named-rows.ts';

/**
 * Gives each mutation resolver a `change` that checks the field's own guards again when the viewer lost a right.
 *
 * Modifies the mutation fields of `schema`, which must not be guarded yet: guards get the request's own context.
 * A refusal is the field's answer even if the resolver catches it.
 *
 * @param explain returns the error that is thrown for one of a resolver, given the name of its field.
 */
export function recheckMutations(
  schema: GraphQLSchema,
  authorizationOf: () => Authorization<Context>,
  explain: (error: unknown, field: string) => unknown = (error) => error,
): void {
  for (const field of Object.values(schema.getMutationType()?.getFields() ?? {})) {
    const { resolve } = field;
    if (resolve === undefined) continue;
    field.resolve = async (source, args, context: Context, info) => {
      const authorization = authorizationOf();
      const rights = context.rights.ofField(() =>
        authorization.authorizeField({ source, args, context }, info),
      );
      const named = createNamedRows(authorization, () => own, info);
      const own: Context = Object.create(Object.getPrototypeOf(context), {
        ...Object.getOwnPropertyDescriptors(context),
        rights: { value: rights, enumerable: true },
        change: { value: context.changeBy(rights, named), enumerable: true },
      });
      const [settled] = await Promise.allSettled([
        (async () => resolve(source, args, own, info))(),
      ]);
      rights.requireAdmitted();
      if (settled.status === 'rejected') throw explain(settled.reason, field.name);
      return settled.value;
    };
  }
}
