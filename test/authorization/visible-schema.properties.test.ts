import {
  type Authorization,
  createAuthorization,
  type Viewer,
} from '@graphql-gatehouse/authorization';
import fc from 'fast-check';
import type {
  GraphQLArgument,
  GraphQLField,
  GraphQLInputField,
  GraphQLInputType,
  GraphQLInterfaceType,
  GraphQLNamedType,
  GraphQLObjectType,
} from 'graphql';
import {
  buildClientSchema,
  GraphQLSchema,
  getNamedType,
  getNullableType,
  getOperationAST,
  getVariableValues,
  introspectionFromSchema,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isLeafType,
  isListType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  parse,
  printSchema,
  validateSchema,
} from 'graphql';
import { describe, it } from 'vitest';
import { decideByGroups } from '../../packages/authorization/src/decision/decision.ts';
import { anonymous, holding, type TestContext } from './fixtures.ts';
import {
  createChoices,
  type GeneratedOperation,
  generateOperation,
  generateSchema,
  policies,
  rowPolicies,
  viewers,
} from './generators.ts';
import { choicesArbitrary, forAll, runs, seed } from './property-run.ts';
import { createWorld } from './world.ts';

interface Trial {
  readonly authorization: Authorization<TestContext>;
  readonly viewer: Viewer;
  /** What the viewer sees. */
  readonly visible: GraphQLSchema;
  readonly operation: readonly number[];
}

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
      const authorization = createAuthorization<Viewer, TestContext>(createWorld(sdl), {
        policies: { ...policies, ...rowPolicies },
        viewerOf: ({ viewer }) => viewer,
      });
      const viewer = groups === null ? anonymous : holding(...groups);
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
    coordinate: name,
    needsAll,
    needsOne,
    owner: name,
  });
  const member = (coordinate: string, needsAll: readonly string[] = []): Element => ({
    coordinate,
    needsAll,
    needsOne: [],
    owner: name,
  });
  if (isUnionType(type)) return [own(type.getTypes().map((each) => each.name))];
  if (isEnumType(type)) {
    const values = type.getValues().map((value) => member(`${name}.${value.name}`));
    const coordinates = values.map(({ coordinate }) => coordinate);
    const supplied = coordinates.map((each) => member(toSupply(each)));
    return [
      own(coordinates),
      ...values,
      { ...own(coordinates.map(toSupply), [name]), coordinate: toSupply(name) },
      ...supplied,
    ];
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    const members = fields.map((field) => member(`${name}.${field.name}`, [inputOf(field.type)]));
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
      ...field.args.map((arg) => member(at(arg), [coordinate, inputOf(arg.type)])),
    ];
  });
  const names = fields.map(({ coordinate }) => coordinate);
  return [own(names.filter((each) => !each.endsWith(')'))), ...fields];
}

/** The coordinate of an enum or of its value where a client supplies it: more clauses can hold there. */
const toSupply = (coordinate: string): string => `supply ${coordinate}`;

const isShown = ({ coordinate }: Element): boolean => !coordinate.startsWith(toSupply(''));

/** What an argument or input field needs to be supplied. */
function inputOf(given: GraphQLInputType): string {
  const type = getNamedType(given);
  return isEnumType(type) ? toSupply(type.name) : type.name;
}

type MayPass = (coordinate: string) => boolean;

const passes =
  ({ requirements }: Authorization<TestContext>, viewer: Viewer): MayPass =>
  (coordinate) => {
    const [toBeSupplied] = coordinate.split(toSupply('')).slice(1);
    const requirement =
      toBeSupplied === undefined
        ? requirements.returnedAt(coordinate)
        : requirements.at(toBeSupplied);
    const { outcome } = decideByGroups(requirement, viewer);
    return outcome === 'allowed' || outcome === 'depends';
  };

/** What is left, by sweeping over everything for as long as something goes. */
function naivelyLeft(authorization: Authorization<TestContext>, viewer: Viewer) {
  const { schema } = authorization;
  const mayPass = passes(authorization, viewer);
  let left = typesOf(schema)
    .flatMap(elementsOf)
    .filter(({ coordinate }) => mayPass(coordinate));
  let size: number;
  do {
    size = left.length;
    const names = new Set(left.map(({ coordinate }) => coordinate));
    const types = typesOf(schema).filter(isInputObjectType);
    const endless = new Set(
      types.filter((type) => !ends(type, names, types.length)).map(({ name }) => name),
    );
    left = left.filter(
      ({ coordinate, needsAll, needsOne }) =>
        !endless.has(coordinate) &&
        needsAll.every((each) => names.has(each)) &&
        (needsOne.length === 0 || needsOne.some((each) => names.has(each))),
    );
  } while (left.length < size);
  return left;
}

/** Whether a value of a type can be written with the members that are left, with at most so many objects in each other. */
function ends(given: GraphQLInputType, left: ReadonlySet<string>, depth: number): boolean {
  const type = getNullableType(given);
  if (!isInputObjectType(type)) return true; // A list can be empty.
  if (depth === 0) return false;
  const fields = Object.values(type.getFields());
  const canHave = (field: GraphQLInputField) =>
    left.has(`${type.name}.${field.name}`) && ends(field.type, left, depth - 1);
  return type.isOneOf ? fields.some(canHave) : fields.filter(isRequiredInputField).every(canHave);
}

/** The types of which an operation can get or give a value, by what is left of the fields and inputs. */
function naivelyReached(
  { schema }: Authorization<TestContext>,
  left: readonly Element[],
): readonly string[] {
  const names = new Set(left.map(({ coordinate }) => coordinate));
  const reached = new Set<GraphQLNamedType>();
  function reach(type: GraphQLNamedType): void {
    if (reached.has(type) || !names.has(type.name)) return;
    reached.add(type);
    if (isAbstractType(type)) schema.getPossibleTypes(type).forEach(reach);
    if (isInterfaceType(type)) schema.getImplementations(type).interfaces.forEach(reach);
    if (isInputObjectType(type)) {
      for (const field of Object.values(type.getFields())) {
        if (names.has(`${type.name}.${field.name}`)) reach(getNamedType(field.type));
      }
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return;
    for (const field of Object.values(type.getFields())) {
      const coordinate = `${type.name}.${field.name}`;
      if (!names.has(coordinate)) continue;
      reach(getNamedType(field.type));
      for (const arg of field.args) {
        if (names.has(`${coordinate}(${arg.name}:)`)) reach(getNamedType(arg.type));
      }
    }
  }
  for (const root of [schema.getQueryType(), schema.getMutationType()]) if (root) reach(root);
  return [...reached].filter((type) => !isIntrospectionType(type)).map(({ name }) => name);
}

type Composite = GraphQLObjectType | GraphQLInterfaceType;

function compositeIn(schema: GraphQLSchema, name: string): Composite | undefined {
  const type = schema.getType(name);
  return isObjectType(type) || isInterfaceType(type) ? type : undefined;
}

/** `type parent` for each interface that can still be implemented, by sweeping as long as one goes. */
function naivelyImplemented(whole: GraphQLSchema, visible: GraphQLSchema): readonly string[] {
  let left = typesOf(visible).flatMap(({ name }) =>
    (compositeIn(whole, name)?.getInterfaces() ?? []).map((parent) => `${name} ${parent.name}`),
  );
  let size: number;
  do {
    size = left.length;
    const pairs = new Set(left);
    left = left.filter((pair) => {
      const [type, parent] = pair.split(' ').map((name) => compositeIn(visible, name));
      return type && parent && fits(visible, pairs, { type, parent });
    });
  } while (left.length < size);
  return left;
}

/** Whether a type has all that an interface asks for, where `pairs` are still implemented. */
function fits(
  visible: GraphQLSchema,
  pairs: ReadonlySet<string>,
  { type, parent }: { readonly type: Composite; readonly parent: Composite },
): boolean {
  return Object.values(parent.getFields()).every((inherited) => {
    const own = type.getFields()[inherited.name];
    if (own === undefined) return false;
    const [narrow, wide] = [getNamedType(own.type), getNamedType(inherited.type)];
    const isNarrower =
      narrow === wide ||
      pairs.has(`${narrow.name} ${wide.name}`) ||
      (isUnionType(wide) && visible.getPossibleTypes(wide).some((each) => each === narrow));
    return (
      isNarrower &&
      inherited.args.every((arg) =>
        own.args.some(({ name, type: given }) => name === arg.name && `${given}` === `${arg.type}`),
      )
    );
  });
}

/** Whether an enum value is shown to viewers who may read it and not supply it. */
const isReadable = ({ requirements }: Authorization<TestContext>, coordinate: string): boolean =>
  requirements.returnedAt(coordinate) !== requirements.at(coordinate);

interface RootField {
  readonly kind: 'query' | 'mutation';
  readonly coordinate: string;
  readonly field: GraphQLField<unknown, unknown>;
}

const rootFieldsOf = (schema: GraphQLSchema): readonly RootField[] =>
  (['query', 'mutation'] as const).flatMap((kind) => {
    const root = kind === 'query' ? schema.getQueryType() : schema.getMutationType();
    return Object.values(root?.getFields() ?? {}).map((field) => ({
      kind,
      field,
      coordinate: `${root}.${field.name}`,
    }));
  });

/** An operation that calls a field with no more than it requires, or undefined without such a field. */
function callOf({ kind, coordinate, field }: RootField, mayPass: MayPass): string | undefined {
  const args = field.args.filter(isRequiredArgument).map(({ name, type }) => {
    const value = mayPass(`${coordinate}(${name}:)`) ? smallestValue(type, mayPass) : undefined;
    return value === undefined ? undefined : `${name}: ${value}`;
  });
  if (args.includes(undefined)) return undefined;
  const list = args.length === 0 ? '' : `(${args.join(', ')})`;
  const selection = isLeafType(getNamedType(field.type)) ? '' : ' { __typename }';
  return `${kind} { ${field.name}${list}${selection} }`;
}

/** Deeper values than any that the generated types need; a circle of them has no end. */
const maxValueDepth = 6;

function smallestValue(
  given: GraphQLInputType,
  mayPass: MayPass,
  depth: number = 0,
): string | undefined {
  const type = getNullableType(given);
  if (isListType(type)) return '[]';
  if (isEnumType(type)) {
    return type.getValues().find(({ name }) => mayPass(toSupply(`${type.name}.${name}`)))?.name;
  }
  if (!isInputObjectType(type)) return '1';
  if (depth > maxValueDepth) return undefined;
  const members = Object.values(type.getFields())
    .filter((field) => type.isOneOf || isRequiredInputField(field))
    .map((field) => {
      const isOpen = mayPass(`${type.name}.${field.name}`);
      const value = isOpen ? smallestValue(field.type, mayPass, depth + 1) : undefined;
      return value === undefined ? undefined : `${field.name}: ${value}`;
    });
  if (!type.isOneOf) return members.includes(undefined) ? undefined : `{${members.join(', ')}}`;
  const member = members.find((each) => each !== undefined);
  return member === undefined ? undefined : `{${member}}`;
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
  it('is a valid schema, and introspection gives the same', async () => {
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
        left
          .filter((each) => isShown(each) && visible.getType(each.owner))
          .map(({ coordinate }) => coordinate),
      );
      const shown = typesOf(visible)
        .flatMap(elementsOf)
        .filter(isShown)
        .map(({ coordinate }) => coordinate);
      return [
        ...shown.filter((each) => !expected.has(each)).map((each) => `shows ${each}`),
        ...[...expected].filter((each) => !shown.includes(each)).map((each) => `lacks ${each}`),
        ...left
          .filter(({ owner }) => ['Query', 'Mutation'].includes(owner))
          .filter(({ coordinate }) => !shown.includes(coordinate))
          .map(({ coordinate }) => `lacks the root field ${coordinate}`),
        ...naivelyReached(authorization, left)
          .filter((name) => visible.getType(name) === undefined)
          .map((name) => `lacks the type ${name}`),
      ];
    });
  }, 600_000);

  it('has every interface that its types still have all of', async () => {
    await holds(({ authorization, visible }) => {
      const expected = naivelyImplemented(authorization.schema, visible);
      const shown = typesOf(visible).flatMap(({ name }) =>
        (compositeIn(visible, name)?.getInterfaces() ?? []).map(
          (parent) => `${name} ${parent.name}`,
        ),
      );
      return [
        ...expected.filter((each) => !shown.includes(each)).map((each) => `lacks ${each}`),
        ...shown.filter((each) => !expected.includes(each)).map((each) => `shows ${each}`),
      ];
    });
  }, 600_000);

  it('is passed by every operation on it, but for policies', async () => {
    await holds(async ({ authorization, viewer, visible, operation }) => {
      if (!visible.getMutationType()) return [];
      const generated = generateOperation(visible, createChoices(operation));
      if (generated === undefined || !isCoerced(visible, generated)) return [];
      const denials = await authorization.authorizeOperation({
        document: generated.document,
        operationName: generated.operationName,
        variableValues: generated.variables,
        contextValue: { viewer },
      });
      return denials
        .filter(({ denial }) => denial.reason !== 'POLICY_DENIED')
        .filter(({ denial }) => !isReadable(authorization, denial.coordinate))
        .filter(({ denial }) => !hasLostInterface(authorization.schema, visible, denial.coordinate))
        .map(({ denial }) => `${denial.coordinate} is denied in\n${generated.text}`);
    });
  }, 600_000);

  it('shows the root fields that can be called, and they are listed as such', async () => {
    await holds(async ({ authorization, viewer, visible }) => {
      const access = authorization.accessOf(viewer);
      const mayPass = passes(authorization, viewer);
      const left = new Set(naivelyLeft(authorization, viewer).map(({ coordinate }) => coordinate));
      const shown = rootFieldsOf(visible).filter((each) => callOf(each, () => true) !== undefined);
      const listed = rootFieldsOf(authorization.schema).filter(({ coordinate }) =>
        access.includes(coordinate),
      );
      // No valid schema can show a type of which nothing is left, and so neither what returns it, nor
      // what requires a list of it; both can be called, for `__typename` and with an empty list.
      const isShowable = ({ field, coordinate }: RootField) =>
        left.has(getNamedType(field.type).name) &&
        field.args
          .filter(isRequiredArgument)
          .every(({ name }) => left.has(`${coordinate}(${name}:)`));
      const problems = await Promise.all(
        listed.map(async (each) => {
          const call = callOf(each, mayPass);
          if (call === undefined) return [`lists ${each.coordinate}, which cannot be called`];
          const denials = await authorization.authorizeOperation({
            document: parse(call),
            contextValue: { viewer },
          });
          return denials
            .filter(({ denial }) => denial.reason !== 'POLICY_DENIED')
            .map(({ denial }) => `${denial.coordinate} is denied in ${call}`);
        }),
      );
      const names = shown.map(({ coordinate }) => coordinate);
      return [
        ...problems.flat(),
        ...names.filter((each) => !access.includes(each)).map((each) => `does not list ${each}`),
        ...listed
          .filter((each) => isShowable(each) && !names.includes(each.coordinate))
          .map(({ coordinate }) => `lists ${coordinate}, which is not shown`),
      ];
    });
  }, 600_000);
});
