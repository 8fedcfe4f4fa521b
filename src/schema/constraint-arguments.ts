import { type GraphQLSchema, getNamedType, isInputObjectType } from 'graphql';
import { didYouMean } from '../values/nearest-name.ts';
import type { AnyDomain } from './domain.ts';

/** Arguments and input fields by coordinate, such as `RoomInput.name`, with the path in their field: `input.name`. */
type Paths = ReadonlyMap<string, string>;

/** Returns the argument of a mutation field that a constraint is about, or undefined. */
export type ArgumentOf = (field: string, constraint: string) => string | undefined;

/** Creates the function that finds the argument which the domains name for a constraint. */
export function createArgumentOf(schema: GraphQLSchema, domains: readonly AnyDomain[]): ArgumentOf {
  const paths = pathsOfMutations(schema);
  const named = new Map(
    domains.flatMap(({ constraints = {} }) =>
      Object.entries(constraints).map(
        ([name, coordinates]) => [name, [coordinates].flat()] as const,
      ),
    ),
  );
  return (field, constraint) =>
    named
      .get(constraint)
      ?.map((coordinate) => paths.get(field)?.get(coordinate))
      .find((path) => path !== undefined);
}

/** Finds coordinates of `constraints` that no mutation takes. */
export function findStrayConstraints(
  schema: GraphQLSchema,
  { name, constraints = {} }: AnyDomain,
): readonly string[] {
  const known = new Set(
    [...pathsOfMutations(schema).values()].flatMap((paths) => [...paths.keys()]),
  );
  return Object.entries(constraints).flatMap(([constraint, coordinates]) =>
    [coordinates]
      .flat()
      .filter((coordinate) => !known.has(coordinate))
      .map(
        (coordinate) =>
          `${constraint}: constraints of the domain ${name}: no mutation has the argument or input field ` +
          `${coordinate}${didYouMean(coordinate, known)}`,
      ),
  );
}

function pathsOfMutations(schema: GraphQLSchema): ReadonlyMap<string, Paths> {
  const type = schema.getMutationType();
  return new Map(
    Object.values(type?.getFields() ?? {}).map(({ name, args }) => {
      const paths = new Map<string, string>();
      const queue = args.map((argument) => ({
        coordinate: `${type?.name}.${name}(${argument.name}:)`,
        path: argument.name,
        type: argument.type,
      }));
      for (const { coordinate, path, type } of queue) {
        // The shortest path comes first. An input type can contain itself.
        if (paths.has(coordinate)) continue;
        paths.set(coordinate, path);
        const named = getNamedType(type);
        if (!isInputObjectType(named)) continue;
        for (const field of Object.values(named.getFields())) {
          const inner = {
            coordinate: `${named.name}.${field.name}`,
            path: `${path}.${field.name}`,
          };
          queue.push({ ...inner, type: field.type });
        }
      }
      return [name, paths];
    }),
  );
}
