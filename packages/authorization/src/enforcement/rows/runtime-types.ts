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
import { toItemError } from './check-items.ts';

/** The call of the field that returns a value. */
interface ReturningCall<TContext> {
  readonly context: TContext;
  readonly info: GraphQLResolveInfo;
}

/** Finds the name of the object type of a value, or the error of the value. */
export type FindName<TContext> = (
  value: unknown,
  type: GraphQLNamedType,
  call: ReturningCall<TContext>,
) => MaybePromise<string | undefined | Error>;

/** Finds the object types of the values of interfaces and unions, before the executor does. */
export interface RuntimeTypes<TContext> {
  /**
   * Asks the guarded `resolveType`. It asks for no proof of identity by the rule of the type: the row may be hidden. Returns
   * a promise only when `resolveType` does.
   */
  readonly nameOf: FindName<TContext>;
  /**
   * Asks the application's `resolveType`, about a value that is not delivered here: that the viewer may not see its type is
   * no reason to leave it unchecked. The type is one of the unguarded schema.
   */
  readonly nameUnguarded: FindName<TContext>;
  /** @throws {AuthorizationError} where the rule of a type asks for a proof of identity that the viewer has not given. */
  requireProof(typeName: string, call: ReturningCall<TContext>): void;
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
  const requireProof: RuntimeTypes<TContext>['requireProof'] = (name, { context, info }) => {
    const guarded = { coordinate: name, requirement: ruleOf(name) };
    const denied = decider.deniedBy(guarded, context, info);
    if (denied !== undefined) throw denied;
  };
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
    requireProof,

    nameOf: named((value, type, { context, info }) => {
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
    }),

    nameUnguarded: named((value, type, { context, info }) =>
      (type.resolveType ?? defaultTypeResolver)(value, context, info, type),
    ),

    guard(type) {
      const resolveType = type.resolveType ?? defaultTypeResolver;
      const byKnown: typeof resolveType = (value, context, info, abstractType) =>
        known.get(info.path)?.get(value) ?? resolveType(value, context, info, abstractType);
      type.resolveType = byKnown;
      const possible = decider.schema.getPossibleTypes(type).map(({ name }) => name);
      const demanding = new Set(possible.filter((name) => ruleOf(name).some(demandsProof)));
      if (demanding.size === 0) return;
      type.resolveType = (value, context, info, abstractType) => {
        const name = byKnown(value, context, info, abstractType);
        // Subgraphs also ask interfaces of entities, about values that the executor completes by their union.
        if (getNamedType(info.returnType) !== abstractType) return name;
        return whenArrived(name, (found) => {
          if (found !== undefined && demanding.has(found)) requireProof(found, { context, info });
          return found;
        });
      };
      inside.set(type.resolveType, byKnown);
    },
  };
}

/** Returns errors in place of names: the executor reports them at the value. */
const named =
  <TContext>(
    resolveType: (value: unknown, type: GraphQLAbstractType, call: ReturningCall<TContext>) => Name,
  ): FindName<TContext> =>
  (value, type, call) => {
    if (!isAbstractType(type)) return type.name;
    try {
      const found = resolveType(value, type, call);
      return whenArrived<string | undefined, string | undefined | Error>(
        found,
        (name) => name,
        toItemError,
      );
    } catch (error) {
      return toItemError(error);
    }
  };
