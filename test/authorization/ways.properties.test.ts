import { explainCoordinate, operationColumns } from '@graphql-gatehouse/authorization/reports';
import {
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInputObjectType,
  isObjectType,
  parse,
  validate,
} from 'graphql';
import { it } from 'vitest';
import { namedCoordinates } from '../../packages/authorization/src/reports/operations/named-coordinates.ts';
import { reachOf } from '../../packages/authorization/src/reports/ways/reach.ts';
import { createSchemaGraph } from '../../packages/authorization/src/reports/ways/schema-graph.ts';
import { decidedKinds, guardAnswering } from './generated-rounds.ts';
import { choicesArbitrary, forAll, runs } from './property-run.ts';

/** A schema with more ways than these is not counted by the oracle. */
const maxWays = 500;

/** Every way of a schema as its coordinates, found by walking all of them from the roots: slow, and plain. */
function allWays(schema: GraphQLSchema): readonly (readonly string[])[] | undefined {
  const ways: string[][] = [];

  function walk(typeName: string, passed: readonly string[], before: readonly string[]): void {
    const type = schema.getType(typeName);
    const into = (held: Parameters<typeof getNamedType>[0], way: readonly string[]): void => {
      const named = getNamedType(held);
      const names = isAbstractType(named)
        ? schema.getPossibleTypes(named).map(({ name }) => name)
        : isObjectType(named) || isInputObjectType(named)
          ? [named.name]
          : [];
      for (const name of names) {
        if (!passed.includes(name)) walk(name, [...passed, name], way);
      }
    };
    if (ways.length > maxWays) return;
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        const way = [...before, `${typeName}.${field.name}`];
        ways.push(way);
        into(field.type, way);
      }
    }
    if (!isObjectType(type)) return;
    for (const field of Object.values(type.getFields())) {
      const way = [...before, `${typeName}.${field.name}`];
      ways.push(way);
      into(field.type, way);
      for (const arg of field.args) {
        const ofArgument = [...way, `${typeName}.${field.name}(${arg.name}:)`];
        ways.push(ofArgument);
        into(arg.type, ofArgument);
      }
    }
  }

  for (const root of [
    schema.getQueryType(),
    schema.getMutationType(),
    schema.getSubscriptionType(),
  ]) {
    if (root) walk(root.name, [root.name], []);
  }
  return ways.length > maxWays ? undefined : ways;
}

const columns = operationColumns(['G1', 'G2', 'G3'], [['G1', 'G3']]);

const lastOf = (way: readonly string[]): string => way.at(-1) ?? '';

it.each(decidedKinds)(
  'the ways to a coordinate are all ways, valid operations, and open to those who reach it, on schemas of $kind',
  async ({ generate, toSchema, policyNames }) => {
    const counts = { ways: 0, refused: 0, open: 0, skipped: 0 };
    await forAll({
      file: 'test/authorization/ways.properties.test.ts',
      arbitrary: choicesArbitrary(1000),
      numRuns: Math.max(10, Math.ceil(runs / 8)),
      async check(numbers) {
        const server = guardAnswering(toSchema(generate(numbers)), policyNames);
        const { source: schema, requirements } = server;
        const all = allWays(schema);
        if (all === undefined) {
          counts.skipped += 1;
          return undefined;
        }
        const reached = columns.map(({ viewer }) =>
          reachOf(createSchemaGraph(schema), requirements, viewer),
        );
        for (const coordinate of new Set(all.map(lastOf))) {
          const expected = all.filter((way) => lastOf(way) === coordinate);
          const { ways } = explainCoordinate({ schema, requirements, columns }, coordinate, 1e6);
          const found = ways.map(({ steps }) => steps.map((step) => step.coordinate));
          counts.ways += found.length;
          const keys = (list: readonly (readonly string[])[]) =>
            JSON.stringify(list.map((way) => way.join(' ')).sort());
          if (keys(found) !== keys(expected)) return `${coordinate}: other ways: ${keys(found)}`;
          const lengths = ways.map(
            ({ steps }) => steps.filter((step) => !step.coordinate.endsWith(':)')).length,
          );
          if (lengths.some((length, index) => length < (lengths[index - 1] ?? 0))) {
            return `${coordinate}: not the shortest first: ${lengths}`;
          }
          for (const { operation } of ways) {
            const document = parse(operation);
            const [error] = validate(schema, document);
            if (error) return `${operation}: ${error.message}`;
            const isNamed = namedCoordinates(schema, document).some((each) =>
              each.endsWith(coordinate.slice(coordinate.indexOf('.'))),
            );
            if (!isNamed) return `${operation} does not name ${coordinate}`;
          }
          for (const [index, { name }] of columns.entries()) {
            const isOpen = ways.some(({ verdicts }) => !verdicts[index]?.startsWith('refused: '));
            counts[isOpen ? 'open' : 'refused'] += 1;
            if (isOpen !== (reached[index]?.has(coordinate) ?? false)) {
              return `${coordinate} is ${isOpen ? 'open' : 'refused'} to ${name} by its ways, and not by its reach`;
            }
          }
        }
        return undefined;
      },
      tally: counts,
      isEnough: () => Math.min(counts.refused, counts.open) > 0,
    });
  },
  600_000,
);
