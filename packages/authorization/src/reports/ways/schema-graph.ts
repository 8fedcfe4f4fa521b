import type { GraphQLArgument, GraphQLField, GraphQLNamedType, GraphQLSchema } from 'graphql';
import {
  type GraphQLInputField,
  getNamedType,
  isInputObjectType,
  isIntrospectionType,
  isObjectType,
} from 'graphql';
import { argumentCoordinate, memberCoordinate } from '../../requirements/coordinate.ts';
import { objectTypesOf } from '../../requirements/row-fields.ts';
import { rootTypesOf } from '../../requirements/schema-types.ts';

/** A field of an object type, an argument of one, or an input field: what leads from one type to others. */
export type Member = { readonly coordinate: string; readonly owner: string } & (
  | { readonly kind: 'field'; readonly field: GraphQLField<unknown, unknown> }
  | {
      readonly kind: 'argument';
      readonly field: GraphQLField<unknown, unknown>;
      readonly input: GraphQLArgument;
    }
  | { readonly kind: 'input field'; readonly input: GraphQLInputField }
);

/** The named type of what a member holds. */
export const typeOf = (member: Member): GraphQLNamedType =>
  getNamedType(member.kind === 'field' ? member.field.type : member.input.type);

/** The members of a schema by the types that they lead from and to. Objects are reached as their concrete types. */
export interface SchemaGraph {
  readonly schema: GraphQLSchema;
  readonly rootNames: readonly string[];
  /** Returns the members of an object or input type, in schema order. */
  from(typeName: string): readonly Member[];
  /** Returns the members that hold values of a type, those of an interface or union that can be of it included. */
  to(type: GraphQLNamedType): readonly Member[];
  /** Returns the object and input types that a member leads to. */
  below(member: Member): readonly string[];
}

/** Reads the graph of a schema. */
export function createSchemaGraph(schema: GraphQLSchema): SchemaGraph {
  const members = new Map<string, readonly Member[]>();
  const holders = new Map<string, Member[]>();
  const below = (member: Member): readonly string[] => namesBelow(schema, typeOf(member));

  for (const type of Object.values(schema.getTypeMap())) {
    if (isIntrospectionType(type)) continue;
    const own = membersOf(type);
    if (own.length > 0) members.set(type.name, own);
    for (const member of own) {
      const held = below(member);
      // Leaves lead to nothing, and are held.
      for (const name of held.length > 0 ? held : [typeOf(member).name]) {
        const known = holders.get(name);
        if (known === undefined) holders.set(name, [member]);
        else known.push(member);
      }
    }
  }

  return {
    schema,
    rootNames: rootTypesOf(schema).map(({ name }) => name),
    from: (typeName) => members.get(typeName) ?? [],
    to(type) {
      const names = namesBelow(schema, type);
      const found = (names.length > 0 ? names : [type.name]).flatMap(
        (name) => holders.get(name) ?? [],
      );
      return [...new Set(found)];
    },
    below,
  };
}

function namesBelow(schema: GraphQLSchema, type: GraphQLNamedType): readonly string[] {
  if (isInputObjectType(type)) return [type.name];
  return [...objectTypesOf(schema, type.name)];
}

function membersOf(type: GraphQLNamedType): readonly Member[] {
  if (isInputObjectType(type)) {
    return Object.values(type.getFields()).map((input) => ({
      kind: 'input field',
      coordinate: memberCoordinate(type.name, input.name),
      owner: type.name,
      input,
    }));
  }
  if (!isObjectType(type)) return [];
  return Object.values(type.getFields()).flatMap((field): readonly Member[] => {
    const coordinate = memberCoordinate(type.name, field.name);
    const of = { owner: type.name, field };
    return [
      { kind: 'field', coordinate, ...of },
      ...field.args.map(
        (input) =>
          ({
            kind: 'argument',
            coordinate: argumentCoordinate(coordinate, input.name),
            input,
            ...of,
          }) as const,
      ),
    ];
  });
}
