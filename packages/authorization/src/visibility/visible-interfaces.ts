import type {
  GraphQLField,
  GraphQLInterfaceType,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
} from 'graphql';
import { getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { groupBy } from '../decision/group-by.ts';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import { isShownNonNull } from './visible-input.ts';

export type Composite = GraphQLObjectType | GraphQLInterfaceType;

/** The implementation of the interface `parent` by `type`. */
interface Implementation {
  readonly type: Composite;
  readonly parent: GraphQLInterfaceType;
  readonly dependents: Dependent[];
}

/** An implementation that returns `type` in the field where its parent returns `parent`. */
interface Dependent {
  readonly implementation: Implementation;
  /** The coordinate of that field in the parent. If it is hidden, its type does not matter. */
  readonly inherited: string;
}

/** The interfaces that types still implement when parts of the schema are hidden. */
export interface VisibleInterfaces {
  interfacesOf(type: Composite): readonly GraphQLInterfaceType[];
}

/**
 * Creates the function that finds the remaining implementations: those with all visible members of their interface.
 * A type that lost a field, an argument, or an implementation to which it narrows a field no longer implements the
 * interface.
 */
export function createVisibleInterfaces(
  schema: GraphQLSchema,
): (hidden: ReadonlySet<string>) => VisibleInterfaces {
  const implementations = collectImplementations(schema);

  return (hidden) => {
    const lost = new Set<Implementation>();
    const waiting = implementations.filter((each) => !isKept(each, hidden));
    for (let each = waiting.pop(); each !== undefined; each = waiting.pop()) {
      if (lost.has(each)) continue;
      lost.add(each);
      for (const { implementation, inherited } of each.dependents) {
        if (!hidden.has(inherited)) waiting.push(implementation);
      }
    }
    const kept = groupBy(
      implementations.filter((each) => !lost.has(each)),
      ({ type }) => type.name,
    );
    return { interfacesOf: ({ name }) => (kept.get(name) ?? []).map(({ parent }) => parent) };
  };
}

function collectImplementations(schema: GraphQLSchema): readonly Implementation[] {
  const implementations = Object.values(schema.getTypeMap())
    .filter(isComposite)
    .flatMap((type) =>
      type.getInterfaces().map((parent): Implementation => ({ type, parent, dependents: [] })),
    );
  const byTypes = new Map(implementations.map((each) => [keyOf(each.type, each.parent), each]));
  for (const each of implementations) {
    for (const { inherited, own } of fieldPairs(each)) {
      const key = keyOf(getNamedType(own.type), getNamedType(inherited.type));
      const coordinate = memberCoordinate(each.parent.name, inherited.name);
      byTypes.get(key)?.dependents.push({ implementation: each, inherited: coordinate });
    }
  }
  return implementations;
}

const isComposite = (type: GraphQLNamedType): type is Composite =>
  isObjectType(type) || isInterfaceType(type);

const keyOf = (type: GraphQLNamedType, parent: GraphQLNamedType): string =>
  `${type.name} ${parent.name}`;

interface FieldPair {
  readonly inherited: GraphQLField<unknown, unknown>;
  readonly own: GraphQLField<unknown, unknown>;
}

function fieldPairs({ type, parent }: Implementation): readonly FieldPair[] {
  const fields = parent.getFields();
  return Object.values(type.getFields()).flatMap((own) => {
    const inherited = fields[own.name];
    return inherited === undefined ? [] : [{ inherited, own }];
  });
}

function isKept(implementation: Implementation, hidden: ReadonlySet<string>): boolean {
  const { type, parent } = implementation;
  if (hidden.has(parent.name)) return false;
  return fieldPairs(implementation).every(({ inherited, own }) => {
    const inheritedCoordinate = memberCoordinate(parent.name, inherited.name);
    const ownCoordinate = memberCoordinate(type.name, own.name);
    if (hidden.has(inheritedCoordinate)) return true;
    if (hidden.has(ownCoordinate)) return false;
    return inherited.args.every((arg) => {
      if (hidden.has(argumentCoordinate(inheritedCoordinate, arg.name))) return true;
      if (hidden.has(argumentCoordinate(ownCoordinate, arg.name))) return false;
      const twin = own.args.find(({ name }) => name === arg.name);
      return twin !== undefined && isShownNonNull(hidden, arg) === isShownNonNull(hidden, twin);
    });
  });
}
