import { type Authorization, createAuthorization, type Viewer } from '@gatehouse/authorization';
import fc from 'fast-check';
import type { GraphQLArgument, GraphQLNamedType } from 'graphql';
import {
  buildClientSchema,
  GraphQLSchema,
  getNamedType,
  getOperationAST,
  getVariableValues,
  introspectionFromSchema,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  printSchema,
  validateSchema,
} from 'graphql';
import { describe, it } from 'vitest';
import { decide } from '../../packages/authorization/src/decision/decision.ts';
import {
  createChoices,
  type GeneratedOperation,
  generateOperation,
  generateSchema,
  policies,
  viewers,
} from './generators.ts';
import type { OracleViewer } from './oracle.ts';
import { choicesArbitrary, forAll, runs, seed } from './property-run.ts';
import { createWorld } from './world.ts';

interface Context {
  readonly viewer: Viewer;
}

interface Trial {
  readonly authorization: Authorization<Context>;
  readonly viewer: Viewer;
  /** What the viewer sees. */
  readonly visible: GraphQLSchema;
  readonly operation: readonly number[];
}

const toViewer = (groups: OracleViewer): Viewer =>
  groups === null
    ? { isAuthenticated: false, reason: 'TOKEN_MISSING' }
    : { isAuthenticated: true, groups: new Set(groups) };

/** Runs `check` on generated schemas and viewers. A check returns what is wrong, or nothing. */
const holds = (check: (trial: Trial) => Promise<readonly string[]> | readonly string[]) =>
  forAll({
    file: 'test/authorization/visible-schema.properties.test.ts',
    arbitrary: fc.record({
      schema: choicesArbitrary(1000),
      operation: choicesArbitrary(300),
      groups: fc.constantFrom(...viewers),
    }),
    numRuns: runs,
    check: async ({ schema, operation, groups }) => {
      const sdl = generateSchema(createChoices(schema));
      const authorization = createAuthorization<Viewer, Context>(createWorld(sdl), {
        policies,
        viewerOf: ({ viewer }) => viewer,
      });
      const viewer = toViewer(groups);
      const visible = authorization.visibleTo(viewer);
      const problems = await check({ authorization, viewer, visible, operation });
      if (problems.length === 0) return undefined;
      return `${problems.join('\n')}\n${sdl}\nas [${groups}]:\n${printSchema(visible)}`;
    },
  });

const typesOf = (schema: GraphQLSchema): readonly GraphQLNamedType[] =>
  Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));

/** What every element of a schema needs to be there: its own coordinate, and others in turn. */
interface Element {
  readonly coordinate: string;
  readonly needsAll: readonly string[];
  /** Of these at least one; none given: nothing. */
  readonly needsOne: readonly string[];
  /** The type that it is a member of, if any. */
  readonly owner: string;
}

function elementsOf(type: GraphQLNamedType): readonly Element[] {
  const name = type.name;
  const own = (needsOne: readonly string[], needsAll: readonly string[] = []): Element => ({
    ...{ coordinate: name, needsAll, needsOne, owner: name },
  });
  const member = (coordinate: string, needsAll: readonly string[] = []): Element => ({
    ...{ coordinate, needsAll, needsOne: [], owner: name },
  });
  if (isUnionType(type)) return [own(type.getTypes().map((each) => each.name))];
  if (isEnumType(type)) {
    const values = type.getValues().map((value) => member(`${name}.${value.name}`));
    return [own(values.map(({ coordinate }) => coordinate)), ...values];
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const members = fields.map((field) =>
      member(`${name}.${field.name}`, [getNamedType(field.type).name]),
    );
    const required = fields.filter(isRequiredInputField).map((each) => `${name}.${each.name}`);
    return [
      own(
        members.map(({ coordinate }) => coordinate),
        required,
      ),
      ...members,
    ];
  }
  if (!isObjectType(type) && !isInterfaceType(type)) return [own([])];
  const fields = Object.values(type.getFields()).flatMap((field) => {
    const coordinate = `${name}.${field.name}`;
    const at = (arg: GraphQLArgument) => `${coordinate}(${arg.name}:)`;
    const needed = [
      getNamedType(field.type).name,
      ...field.args.filter(isRequiredArgument).map(at),
    ];
    return [
      member(coordinate, needed),
      ...field.args.map((arg) => member(at(arg), [coordinate, getNamedType(arg.type).name])),
    ];
  });
  const names = fields.map(({ coordinate }) => coordinate);
  return [own(names.filter((each) => !each.endsWith(')'))), ...fields];
}

/** What is left, by sweeping over everything for as long as something goes. */
function naivelyLeft({ schema, requirements }: Authorization<Context>, viewer: Viewer) {
  const mayPass = (coordinate: string): boolean => {
    const { outcome } = decide(requirements.at(coordinate), viewer);
    return outcome === 'allowed' || outcome === 'depends';
  };
  let left = typesOf(schema)
    .flatMap(elementsOf)
    .filter(({ coordinate }) => mayPass(coordinate));
  let size: number;
  do {
    size = left.length;
    const names = new Set(left.map(({ coordinate }) => coordinate));
    left = left.filter(
      ({ needsAll, needsOne }) =>
        needsAll.every((each) => names.has(each)) &&
        (needsOne.length === 0 || needsOne.some((each) => names.has(each))),
    );
  } while (left.length < size);
  return left;
}

/** Whether the variables of an operation fit a schema, which validation does not look at. */
function isCoerced(
  schema: GraphQLSchema,
  { document, operationName, variables }: GeneratedOperation,
): boolean {
  const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
  return getVariableValues(schema, definitions, { ...variables }).errors === undefined;
}

/**
 * Whether the type of a coordinate is shown without one of its interfaces, for it has lost a field of
 * it. Where the viewer is shown that a fragment on the interface applies to other types alone, it
 * applies to this one as well.
 */
function hasLostInterface(whole: GraphQLSchema, visible: GraphQLSchema, coordinate: string) {
  const [typeName = ''] = coordinate.split('.');
  const interfacesIn = (schema: GraphQLSchema): number => {
    const type = schema.getType(typeName);
    return isObjectType(type) || isInterfaceType(type) ? type.getInterfaces().length : 0;
  };
  return interfacesIn(visible) < interfacesIn(whole);
}

describe(`the visible part of generated schemas (seed ${seed}, ${runs} runs)`, () => {
  it('is a valid schema, and tells the same by introspection', async () => {
    await holds(({ visible }) => {
      const checked = new GraphQLSchema({ ...visible.toConfig(), assumeValid: false });
      const client = buildClientSchema(introspectionFromSchema(visible));
      return [
        ...validateSchema(checked).map(({ message }) => message),
        ...(printSchema(client) === printSchema(visible) ? [] : ['introspection differs']),
      ];
    });
  }, 600_000);

  it('has nothing that can never be passed, and all that is left of each of its types', async () => {
    await holds(({ authorization, viewer, visible }) => {
      const left = naivelyLeft(authorization, viewer);
      const expected = new Set(
        left.filter(({ owner }) => visible.getType(owner)).map(({ coordinate }) => coordinate),
      );
      const shown = typesOf(visible)
        .flatMap(elementsOf)
        .map(({ coordinate }) => coordinate);
      return [
        ...shown.filter((each) => !expected.has(each)).map((each) => `shows ${each}`),
        ...[...expected].filter((each) => !shown.includes(each)).map((each) => `lacks ${each}`),
        ...left
          .filter(({ owner }) => ['Query', 'Mutation'].includes(owner))
          .filter(({ coordinate }) => !shown.includes(coordinate))
          .map(({ coordinate }) => `lacks the root field ${coordinate}`),
      ];
    });
  }, 600_000);

  it('is passed by every operation on it, but for policies', async () => {
    await holds(async ({ authorization, viewer, visible, operation }) => {
      if (!visible.getMutationType()) return [];
      const generated = generateOperation(visible, createChoices(operation));
      if (generated === undefined || !isCoerced(visible, generated)) return [];
      const denials = await authorization.authorizeOperation({
        ...{ document: generated.document, operationName: generated.operationName },
        ...{ variableValues: generated.variables, contextValue: { viewer } },
      });
      return denials
        .filter(({ denial }) => denial.reason !== 'POLICY_DENIED')
        .filter(({ denial }) => !hasLostInterface(authorization.schema, visible, denial.coordinate))
        .map(({ denial }) => `${denial.coordinate} is denied in\n${generated.text}`);
    });
  }, 600_000);

  it('shows no root field that is not listed as one that may be called', async () => {
    await holds(({ authorization, viewer, visible }) => {
      const access = authorization.accessOf(viewer);
      const roots = [visible.getQueryType(), visible.getMutationType()];
      return roots
        .flatMap((root) => Object.keys(root?.getFields() ?? {}).map((name) => `${root}.${name}`))
        .filter((each) => !access.includes(each));
    });
  }, 600_000);
});
