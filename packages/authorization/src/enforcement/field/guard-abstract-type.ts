import type { GraphQLAbstractType, GraphQLResolveInfo, GraphQLTypeResolver } from 'graphql';
import { defaultTypeResolver } from 'graphql';
import { narrows, type Requirement, withoutProof } from '../../requirements/requirement.ts';
import type { Decider } from '../calls/decider.ts';
import { whenArrived } from '../calls/promises.ts';

/**
 * Wraps `resolveType` of an interface or union, so that a value with a guarded run-time type is refused before
 * any of its fields is resolved, `__typename` included. What a rule asks about the proof of identity is left: it is asked
 * of rows that the rule does not hide.
 */
export function guardAbstractType<TContext>(
  decider: Decider<TContext>,
  type: GraphQLAbstractType,
): void {
  const { schema, requirements } = decider;
  const guarded = new Map(
    schema
      .getPossibleTypes(type)
      .filter(({ name }) => requirements.at(name).length > 0)
      .map(({ name }) => [name, withoutProofOfRows(requirements.at(name))]),
  );
  if (guarded.size > 0)
    type.resolveType = behindTypes(decider, guarded, type.resolveType ?? defaultTypeResolver);
}

const withoutProofOfRows = (requirement: Requirement): Requirement =>
  requirement.map((clause) => (narrows(clause) ? withoutProof(clause) : clause));

function behindTypes<TContext>(
  decider: Decider<TContext>,
  guarded: ReadonlyMap<string, Requirement>,
  inner: GraphQLTypeResolver<unknown, TContext>,
): GraphQLTypeResolver<unknown, TContext> {
  const admit = (
    typeName: string | undefined,
    context: TContext,
    info: GraphQLResolveInfo,
  ): string | undefined => {
    const requirement = typeName === undefined ? undefined : guarded.get(typeName);
    if (typeName !== undefined && requirement !== undefined) {
      const denied = decider.deniedBy({ coordinate: typeName, requirement }, context, info);
      if (denied !== undefined) throw denied;
    }
    return typeName;
  };
  return (value, context, info, abstractType) => {
    const typeName = inner(value, context, info, abstractType);
    return whenArrived(typeName, (found) => admit(found, context, info));
  };
}
