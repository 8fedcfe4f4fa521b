import type {
  GraphQLField,
  GraphQLInterfaceType,
  GraphQLNamedType,
  GraphQLObjectType,
  GraphQLSchema,
} from 'graphql';
import { getNamedType, isInterfaceType, isObjectType } from 'graphql';
import { argumentCoordinate, memberCoordinate } from '../requirements/coordinate.ts';
import { isShownNonNull } from './visible-input.ts';

export type Composite = GraphQLObjectType | GraphQLInterfaceType;

/** That `type` implements `parent`. */
interface Implementation {
  readonly type: Composite;
  readonly parent: GraphQLInterfaceType;
  readonly dependents: Dependent[];
}

/** An implementation that returns `type` in the field where its parent returns `parent`. */
interface Dependent {
  readonly implementation: Implementation;
  /** The coordinate of that field in the parent. Where it is hidden, what it returns does not matter. */
  readonly inherited: string;
}

/** What types still implement, where some of a schema is hidden. */
export interface VisibleInterfaces {
  interfacesOf(type: Composite): readonly GraphQLInterfaceType[];
}

/**
 * Makes the function that tells which implementations are left: those that still have all that is left
 * of their interface. One that has lost a field, an argument, or the type that it narrows a field to,
 * implements the interface no longer.
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
    const interfaces = new Map<string, GraphQLInterfaceType[]>();
    for (const each of implementations) {
      if (lost.has(each)) continue;
      const known = interfaces.get(each.type.name);
      if (known === undefined) interfaces.set(each.type.name, [each.parent]);
      else known.push(each.parent);
    }
    return { interfacesOf: ({ name }) => interfaces.get(name) ?? [] };
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
