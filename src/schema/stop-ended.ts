import {
  defaultFieldResolver,
  type GraphQLSchema,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import type { Context } from '../context/context.ts';
import { requireGoingOn } from '../values/require-going-on.ts';
import type { DomainPolicy } from './policies/policy.ts';

/**
 * Makes each resolver throw that would begin when nothing is left to answer: the time of the operation is over, or its
 * client has left. Modifies the fields of `schema`, which must not be guarded yet.
 */
export function stopEndedFields(schema: GraphQLSchema): void {
  for (const type of Object.values(schema.getTypeMap())) {
    // All schemas of a process share the types of introspection, which begin nothing.
    if (!isObjectType(type) || isIntrospectionType(type)) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve } = field;
      // To read a property begins nothing.
      if (resolve === undefined || resolve === defaultFieldResolver) continue;
      field.resolve = (source, args, context: Context, info) => {
        requireGoingOn(context);
        return resolve(source, args, context, info);
      };
    }
  }
}

type Policies = Readonly<Record<string, DomainPolicy<Context>>>;

/** Does the same for policies. */
export const stopEndedPolicies = (policies: Policies): Policies =>
  Object.fromEntries(
    Object.entries(policies).map(([name, policy]) => [name, stopEndedPolicy(policy)]),
  );

function stopEndedPolicy(policy: DomainPolicy<Context>): DomainPolicy<Context> {
  if (typeof policy === 'function') {
    return (viewer, source, args, context) => {
      requireGoingOn(context);
      return policy(viewer, source, args, context);
    };
  }
  if (typeof policy?.admits !== 'function') return policy; // found by the guards
  return {
    ...policy,
    admits(viewer, row, context) {
      requireGoingOn(context);
      return policy.admits(viewer, row, context);
    },
  };
}
