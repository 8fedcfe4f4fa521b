import { isInterfaceType, isObjectType } from 'graphql';
import type { ParsedSchema } from './declarations.ts';
import type { Guard } from './directive.ts';
import { closeImplications } from './implied-groups.ts';
import { fileOf, type Offence, type Problem } from './offence.ts';
import { withinOf } from './places.ts';
import type { ReadableTypes } from './references.ts';
import { type SchemaElement, schemaElements } from './schema-elements.ts';
import { rootTypesOf } from './schema-types.ts';

/** The types whose rows have the place of a type by an option, by the name of the type. Undefined: all, as far as is known. */
export type PlacedTypes = ReadonlyMap<string, ReadonlySet<string>> | undefined;

/** What is known of the rows of types beside the schema. */
export interface RowFacts {
  readonly readable: ReadableTypes;
  readonly placed: PlacedTypes;
}

/** Lists what is wrong in `@within` and `@grants`, and in `@implies` of groups that are held within a type. */
export function placeOffences(parsed: ParsedSchema, facts: RowFacts): readonly Offence[] {
  const { schema, parse, vocabulary } = parsed;
  const { groupEnum } = vocabulary;
  const problemsOf = createProblems(parsed, facts);
  return schemaElements(schema).flatMap((item) => {
    const guard = parse(item.element);
    const isGroup = item.place === 'enumValue' && item.typeName === groupEnum;
    const found = isGroup
      ? problemsOf.group(item.coordinate.slice(groupEnum.length + 1), guard)
      : [...problemsOf.other(item, guard)];
    const { coordinate, element } = item;
    return found.map((each) => ({ coordinate, ...each, ...fileOf(element) }));
  });
}

function createProblems(
  { schema, parse, places, implications }: ParsedSchema,
  { readable, placed }: RowFacts,
) {
  const closed = closeImplications(implications);
  const roots = new Set(rootTypesOf(schema).map(({ name }) => name));

  function problemsOfType(name: string): readonly Problem[] {
    if (!isObjectType(schema.getType(name)) || roots.has(name)) {
      return [
        { name: 'unknown-type', problem: `@within(type:): there is no object type "${name}"` },
      ];
    }
    const problem = `@within(type:): the type "${name}" has no \`byIds\`, which reads its rows`;
    return readable?.has(name) === false ? [{ name: 'rows-not-readable', problem }] : [];
  }

  function problemsOfGrants(group: string, granted: readonly string[]): readonly Problem[] {
    const own = places.typeOf(group);
    return granted.flatMap((each): readonly Problem[] => {
      const type = places.typeOf(each);
      const isOwn = each === group || closed.get(group)?.has(each) === true;
      const isInside =
        own !== undefined && places.ofType(type ?? '').some(({ place }) => place === own);
      if (type === own ? own === undefined || isOwn : isInside) return [];
      const problem =
        type === own
          ? `@grants: it neither is nor implies ${each}, so it may not grant it`
          : `@grants: ${each} is held within ${type ?? 'nothing'}, whose rows are not within ${own ?? 'a place of its own'}`;
      return [{ name: 'grants-invalid', problem }];
    });
  }

  return {
    /** What is wrong at a group. */
    group(group: string, { within, granted = [] }: Guard): readonly Problem[] {
      const left = (implications.get(group) ?? []).filter(
        (each) => places.typeOf(each) !== places.typeOf(group),
      );
      return [
        ...within.flatMap(({ type }) => problemsOfType(type)),
        ...invalid(within.length > 1, 'a group is held within one type: @within is allowed once'),
        ...invalid(
          within.some(({ by }) => by !== undefined),
          '@within(by:) is allowed only on types',
        ),
        ...left.map((each): Problem => {
          const problem = `it implies ${each}, which is not held within the same type`;
          return { name: 'group-leaves-place', problem };
        }),
        ...problemsOfGrants(group, granted),
      ];
    },
    /** What is wrong at anything else. */
    *other(
      { typeName, place }: SchemaElement,
      { within, granted, clauses, isPublic }: Guard,
    ): Generator<Problem> {
      if (granted !== undefined) yield misplaced('@grants is allowed only on groups');
      const type = schema.getType(typeName);
      const hasRows = isObjectType(type) || isInterfaceType(type);
      if (place !== 'type' || !hasRows || roots.has(typeName)) {
        if (within.length === 0) return;
        yield misplaced('@within is allowed only on groups, object types and interfaces');
        return;
      }
      for (const each of within) {
        yield* problemsOfType(each.type);
        if (each.by === undefined && placed?.get(typeName)?.has(each.type) !== true) {
          if (placed !== undefined) yield withoutProperty(typeName, each.type);
        }
      }
      yield* invalid(
        within.some(({ keepsOne }) => keepsOne),
        '@within(keepsOne:) is allowed only on groups',
      );
      const all = withinOf(type, parse).map((each) => each.type);
      const twice = new Set(all.filter((each, index) => all.indexOf(each) !== index));
      for (const each of twice) {
        yield* invalid(true, `with its interfaces, it is within ${each} more than once`);
      }
      const inherited = type.getInterfaces().some((each) => parse(each).clauses.length > 0);
      const isOpen = isPublic || type.getInterfaces().some((each) => parse(each).isPublic);
      if (within.length > 0 && clauses.length === 0 && !inherited && !isOpen) yield unguarded;
    },
  };
}

const invalid = (isBroken: boolean, problem: string): readonly Problem[] =>
  isBroken ? [{ name: 'within-invalid', problem }] : [];

const misplaced = (problem: string): Problem => ({ name: 'guard-misplaced', problem });

const withoutProperty = (typeName: string, place: string): Problem => ({
  name: 'within-invalid',
  problem: `@within has no \`by\`: name the property of its rows, or give \`types\` the option { ${typeName}: { within: { ${place}: ... } } }`,
});

const unguarded: Problem = {
  name: 'rows-of-places-unguarded',
  problem:
    '@within alone guards nothing: add @auth with a group that is held there, or @public if its rows are open',
};
