import type {
  GraphQLAbstractType,
  GraphQLNamedType,
  GraphQLResolveInfo,
  GraphQLTypeResolver,
} from 'graphql';
import { defaultTypeResolver, getNamedType, isAbstractType } from 'graphql';
import { demandsProof } from '../../requirements/requirement.ts';
import type { Decider } from '../calls/decider.ts';
import type { MaybePromise } from '../calls/field-call.ts';
import { whenArrived } from '../calls/promises.ts';

/** The call of the field that returns a value. */
interface ReturningCall<TContext> {
  readonly context: TContext;
  readonly info: GraphQLResolveInfo;
}

/** Finds the object types of the values of interfaces and unions, before the executor does. */
export interface RuntimeTypes<TContext> {
  /**
   * Returns the name of the object type of a value. Returns a promise only when `resolveType` does. It asks for no proof of
   * identity by the rule of the type: the row may be hidden.
   *
   * @throws what the guarded `resolveType` throws.
   */
  nameOf(
    value: unknown,
    type: GraphQLNamedType,
    call: ReturningCall<TContext>,
  ): MaybePromise<string | undefined>;
  /**
   * Returns the name of the object type of a value that is not delivered here: that the viewer may not see its type is no
   * reason to leave it unchecked.
   *
   * @param type a type of the unguarded schema.
   * @throws what the application's `resolveType` throws.
   */
  nameUnguarded(
    value: unknown,
    type: GraphQLNamedType,
    call: ReturningCall<TContext>,
  ): MaybePromise<string | undefined>;
  /**
   * Lets the executor get the answer that `nameOf` has got: another one would be a way around the rule of a type. Asks for
   * the proof of identity of that rule. The executor completes no row that the rule hides.
   */
  guard(type: GraphQLAbstractType): void;
}

type Name = MaybePromise<string | undefined>;

export function createRuntimeTypes<TContext>(
  decider: Pick<Decider<TContext>, 'schema' | 'requirements' | 'deniedBy'>,
): RuntimeTypes<TContext> {
  const { ruleOf } = decider.requirements;
  const prove = createProve(decider);
  /** The resolvers that do not ask for the proof, by those that do. */
  const inside = new WeakMap<GraphQLTypeResolver<unknown, TContext>, typeof defaultTypeResolver>();
  /** By the path of a field, an object that the executor creates for each call. */
  const known = new WeakMap<GraphQLResolveInfo['path'], Map<unknown, Name>>();

  function remember<Found extends Name>({ path }: GraphQLResolveInfo, value: unknown, name: Found) {
    const names = known.get(path) ?? new Map<unknown, Name>();
    known.set(path, names.set(value, name));
    return name;
  }

  return {
    nameOf(value, type, { context, info }) {
      if (!isAbstractType(type)) return type.name;
      const earlier = known.get(info.path)?.get(value);
      if (earlier !== undefined) return earlier;
      const guarded = info.schema.getType(type.name);
      const proving = (isAbstractType(guarded) && guarded.resolveType) || defaultTypeResolver;
      const resolveType = inside.get(proving) ?? proving;
      const found = resolveType(value, context, info, type);
      // The same value can be asked about again before the answer is there.
      return remember(
        info,
        value,
        whenArrived(found, (name) => remember(info, value, name)),
      );
    },

    nameUnguarded(value, type, { context, info }) {
      if (!isAbstractType(type)) return type.name;
      return (type.resolveType ?? defaultTypeResolver)(value, context, info, type);
    },

    guard(type) {
      const resolveType = type.resolveType ?? defaultTypeResolver;
      const named: typeof resolveType = (value, context, info, abstractType) =>
        known.get(info.path)?.get(value) ?? resolveType(value, context, info, abstractType);
      type.resolveType = named;
      const possible = decider.schema.getPossibleTypes(type);
      if (!possible.some(({ name }) => ruleOf(name).some(demandsProof))) return;
      type.resolveType = (value, context, info, abstractType) => {
        const name = named(value, context, info, abstractType);
        // Subgraphs also ask interfaces of entities, about values that the executor completes by their union.
        if (getNamedType(info.returnType) !== abstractType) return name;
        return whenArrived(name, (found) => prove(found, context, info));
      };
      inside.set(type.resolveType, named);
    },
  };
}

/** Creates the function that returns the name of a type, or throws what the proof of its rule is refused with. */
function createProve<TContext>({
  requirements,
  deniedBy,
}: Pick<Decider<TContext>, 'requirements' | 'deniedBy'>) {
  return (name: string | undefined, context: TContext, info: GraphQLResolveInfo) => {
    const requirement = name === undefined ? [] : requirements.ruleOf(name);
    if (name === undefined || !requirement.some(demandsProof)) return name;
    const denied = deniedBy({ coordinate: name, requirement }, context, info);
    if (denied !== undefined) throw denied;
    return name;
  };
}
