import type { FieldNode, GraphQLSchema, ValueNode } from 'graphql';
import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isUnionType,
  Kind,
  separateOperations,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { GeneratedOperation } from './generators.ts';
import type { Oracle, OracleViewer } from './oracle.ts';

/** What the oracle says of one triple. */
export interface TriedTriple {
  readonly viewer: OracleViewer;
  readonly oracle: Pick<Oracle, 'maySee'>;
  readonly deniedBefore: readonly { readonly coordinate: string }[];
  readonly granted: { readonly deniedPaths: readonly string[]; readonly isNarrowed: boolean };
  /** The same where no one was asked before. */
  readonly grantedAlone: { readonly deniedPaths: readonly string[] };
}

/** Counts what was tried, so that generators that have come to make little of it are noticed. */
export interface Tally {
  readonly triples: number;
  addSchema(sdl: string): void;
  /** One operation, asked by several viewers. */
  addOperation(
    schema: GraphQLSchema,
    operation: GeneratedOperation,
    triples: readonly TriedTriple[],
  ): void;
  /** The kinds of which there is less than there must be. */
  shortfalls(): readonly string[];
  toString(): string;
}

/** The least share of all operations that must have each. About half of what they have today. */
const minOperationShares = {
  'different from all others': 0.85,
  interfaces: 0.3,
  unions: 0.25,
  'named fragments': 0.2,
  'fragments on a type': 0.3,
  'fragments without a type': 0.2,
  aliases: 0.4,
  __typename: 0.25,
  'lists in the answer': 0.3,
  'non-null in the answer': 0.2,
  '@skip or @include': 0.3,
  'conditions by variable': 0.25,
  arguments: 0.3,
  'defaults of arguments': 0.08,
  variables: 0.18,
  'defaults of variables': 0.3,
  'variables left out': 0.08,
  'input objects': 0.15,
  'input objects by variable': 0.08,
  'variables in input objects': 0.08,
  'enum values': 0.18,
  'enum values by variable': 0.1,
  'lists of input': 0.2,
  'null supplied': 0.1,
  mutations: 0.1,
  subscriptions: 0.1,
  'several operations': 0.25,
} as const;
type Feature = keyof typeof minOperationShares;

/** The least share of all triples. */
const minTripleShares = {
  permitted: 0.35,
  'permitted where another viewer is refused': 0.07,
  'refused before running': 0.2,
  'refused only while running': 0.03,
  'narrowed, and refused nothing': 0.025,
  'denied at a root field': 0.1,
  'denied at a field below': 0.08,
  'denied at an argument': 0.05,
  'denied at an input field': 0.05,
  'denied at an enum value': 0.025,
  'denied at an enum value that it may read': 0.005,
  // Too rare to require of every run.
  'refused for a default sent by variable': 0,
} as const;
type Outcome = keyof typeof minTripleShares;

const minSchemaShare = 0.9;

export function createTally(): Tally {
  const sdls = new Set<string>();
  const texts = new Set<string>();
  const counts = new Map<Feature | Outcome, number>();
  let schemas = 0;
  let operations = 0;
  let triples = 0;
  const add = (kind: Feature | Outcome, count = 1) =>
    counts.set(kind, (counts.get(kind) ?? 0) + count);

  function shares() {
    const shareOf = (whole: number) => (kinds: Readonly<Record<string, number>>) =>
      Object.entries(kinds).map(([kind, min]) => ({
        kind,
        min,
        share: ([...counts].find(([name]) => name === kind)?.[1] ?? 0) / whole,
      }));
    return {
      schema: [{ kind: 'different schemas', min: minSchemaShare, share: sdls.size / schemas }],
      operation: shareOf(operations)(minOperationShares),
      triple: shareOf(triples)(minTripleShares),
    };
  }

  return {
    get triples() {
      return triples;
    },
    addSchema(sdl) {
      schemas += 1;
      sdls.add(sdl);
    },
    addOperation(schema, operation, tried) {
      operations += 1;
      for (const each of featuresOf(schema, operation)) add(each);
      if (!texts.has(operation.text)) add('different from all others');
      texts.add(operation.text);
      triples += tried.length;
      const outcomes = tried.map(outcomesOf);
      for (const each of outcomes.flat()) add(each);
      const permitted = outcomes.filter((each) => each.includes('permitted')).length;
      if (permitted < tried.length) add('permitted where another viewer is refused', permitted);
    },
    shortfalls: () =>
      Object.values(shares())
        .flat()
        .filter(({ share, min }) => !(share >= min))
        .map(
          ({ kind, share, min }) =>
            `${kind}: ${percent(share)}, which is less than ${percent(min)}`,
        ),
    toString() {
      const list = (of: readonly { readonly kind: string; readonly share: number }[]) =>
        of.map(({ kind, share }) => `${kind} ${percent(share)}`).join(', ');
      const { schema, operation, triple } = shares();
      return [
        `${triples} triples: ${list(triple)}`,
        `${operations} operations: ${list(operation)}`,
        `${schemas} schemas: ${list(schema)}`,
      ].join('\n');
    },
  };
}

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

function outcomesOf(triple: TriedTriple): readonly Outcome[] {
  const { deniedBefore, granted, grantedAlone, oracle, viewer } = triple;
  if (deniedBefore.length > 0) {
    const places = deniedBefore.map(({ coordinate }) => placeOf(coordinate));
    const values = deniedBefore.filter(
      ({ coordinate }) => placeOf(coordinate) === 'denied at an enum value',
    );
    if (values.some(({ coordinate }) => oracle.maySee(coordinate, viewer))) {
      places.push('denied at an enum value that it may read');
    }
    if (grantedAlone.deniedPaths.length < granted.deniedPaths.length) {
      places.push('refused for a default sent by variable');
    }
    return [...new Set<Outcome>(['refused before running', ...places])];
  }
  if (granted.deniedPaths.length > 0) return ['refused only while running'];
  return ['permitted', ...(granted.isNarrowed ? (['narrowed, and refused nothing'] as const) : [])];
}

/** By the names that the generators give. */
function placeOf(coordinate: string): Outcome {
  if (coordinate.endsWith(':)')) return 'denied at an argument';
  if (/^I\d\./.test(coordinate)) return 'denied at an input field';
  if (/^E\d\./.test(coordinate)) return 'denied at an enum value';
  return /^(Query|Mutation|Subscription)(\.|$)/.test(coordinate)
    ? 'denied at a root field'
    : 'denied at a field below';
}

/** What the operation that is run has, with its fragments. */
function featuresOf(schema: GraphQLSchema, generated: GeneratedOperation): ReadonlySet<Feature> {
  const { document, operationName, variables } = generated;
  const found = new Set<Feature>();
  const add = (feature: Feature, isThere: boolean) => {
    if (isThere) found.add(feature);
  };
  const types = new TypeInfo(schema);
  const operations = separateOperations(document);
  let objectDepth = 0;

  function addValue({ kind }: ValueNode): void {
    const type = types.getInputType();
    const named = type && getNamedType(type);
    const isVariable = kind === Kind.VARIABLE;
    add('variables', isVariable);
    add('variables in input objects', isVariable && objectDepth > 0);
    add(isVariable ? 'enum values by variable' : 'enum values', isEnumType(named));
    add(isVariable ? 'input objects by variable' : 'input objects', isInputObjectType(named));
    add('lists of input', isListType(getNullableType(type)));
    add('null supplied', kind === Kind.NULL);
  }

  function addField({ alias, name, arguments: args }: FieldNode): void {
    const type = types.getType();
    add('aliases', alias !== undefined);
    add('__typename', name.value === '__typename');
    add('non-null in the answer', isNonNullType(type) && name.value !== '__typename');
    add('lists in the answer', isListType(getNullableType(type)));
    for (const each of types.getFieldDef()?.args ?? []) {
      const isSupplied = args?.some((argument) => argument.name.value === each.name);
      add('defaults of arguments', each.defaultValue !== undefined && !isSupplied);
    }
  }

  add('several operations', Object.keys(operations).length > 1);
  add('null supplied', Object.values(variables).includes(null));
  visit(
    operations[operationName] ?? document,
    visitWithTypeInfo(types, {
      OperationDefinition: ({ operation }) => {
        add('mutations', operation === 'mutation');
        add('subscriptions', operation === 'subscription');
      },
      FragmentSpread: () => add('named fragments', true),
      InlineFragment: ({ typeCondition }) =>
        add(typeCondition ? 'fragments on a type' : 'fragments without a type', true),
      SelectionSet: () => {
        add('interfaces', isInterfaceType(types.getParentType()));
        add('unions', isUnionType(types.getParentType()));
      },
      Field: addField,
      Directive: ({ arguments: args }) => {
        add('@skip or @include', true);
        add('conditions by variable', args?.[0]?.value.kind === Kind.VARIABLE);
        return false;
      },
      VariableDefinition: ({ variable, defaultValue }) => {
        add('defaults of variables', defaultValue !== undefined);
        add('variables left out', !(variable.name.value in variables) && !defaultValue);
        return false;
      },
      Argument: ({ value }) => {
        add('arguments', true);
        addValue(value);
      },
      ObjectValue: {
        enter: () => {
          objectDepth += 1;
        },
        leave: () => {
          objectDepth -= 1;
        },
      },
      ObjectField: ({ value }) => addValue(value),
      ListValue: ({ values }) => {
        for (const value of values) addValue(value);
      },
    }),
  );
  return found;
}
