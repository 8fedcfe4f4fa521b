import type {
  DocumentNode,
  GraphQLInputField,
  GraphQLInputObjectType,
  GraphQLInputType,
  GraphQLNamedType,
  GraphQLSchema,
} from 'graphql';
import {
  GraphQLNonNull,
  getNamedType,
  getNullableType,
  isAbstractType,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNullableType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
  NoUnusedFragmentsRule,
  NoUnusedVariablesRule,
  OperationTypeNode,
  parse,
  specifiedRules,
  validate,
} from 'graphql';
import type { OracleViewer } from './oracle.ts';

/** Numbers that fast-check gives and shrinks, read as choices; 0, the simplest, once they run out. */
export interface Choices {
  upTo(count: number): number;
  oneOf<T>(options: readonly [T, ...T[]]): T;
  /** True once in `n` times. */
  rarely(n: number): boolean;
}

export function createChoices(numbers: readonly number[]): Choices {
  let next = 0;
  const upTo = (count: number) => {
    const number = numbers[next] ?? 0;
    next += 1;
    return number % count;
  };
  return {
    upTo,
    oneOf(options) {
      const found = options[upTo(options.length)];
      return found === undefined ? options[0] : found;
    },
    rarely: (n) => upTo(n) === n - 1,
  };
}

/** `G9` is a group that no schema knows, as a database can hold when it is newer than the server. */
export const viewers: readonly OracleViewer[] = [null, [], ['G1'], ['G2', 'G9'], ['G1', 'G3']];

/** Beside groups, what a viewer has proved: see `proofs` of the oracle. */
export const provenViewers: readonly OracleViewer[] = [
  null,
  ['@young'],
  ['G1', '@strong'],
  ['G2', 'G9', '@program'],
  ['G1', 'G3', '@oldStrong'],
];

const interfaces = ['A', 'B', 'C'];
const objects = ['T0', 'T1', 'T2', 'T3'];
const leaves = ['String', 'S0', 'E0', 'E1', '[String]', '[E0]', '[[E1]]'] as const;
const composites = [
  'T0',
  'A',
  'T1',
  'B',
  'T2',
  'C',
  'T3',
  'U0',
  'U1',
  '[T1]',
  '[A]',
  '[U0]',
] as const;

export interface SchemaOptions {
  /** Whether root types can be guarded: to some viewers there is then no schema to see. */
  readonly guardsRoots?: boolean;
  /** Whether lists of objects can be narrowed by `rows`. */
  readonly narrowsLists?: boolean;
  /** Whether clauses can ask for a proof of identity. */
  readonly asksForProofs?: boolean;
}

/** A schema with guards at every place, in which every type is reached and every root field guarded. */
export function generateSchema(
  choices: Choices,
  { guardsRoots = false, narrowsLists = false, asksForProofs = false }: SchemaOptions = {},
): string {
  const data = choices.upTo(1000);
  const groupEnum = choices.oneOf([
    'G1 G2 G3',
    'G1 @implies(groups: [G2]) G2 G3',
    'G1 @implies(groups: [G2]) G2 @implies(groups: [G3]) G3',
    'G1 G2 @implies(groups: [G1, G3]) G3',
    'G1 G2 G3 @implies(groups: [G2])',
  ]);
  const groups = () => choices.oneOf(['G1', '[G1]', '[G2]', '[G1, G2]', '[G3]']);
  const proofs = ['maxAge: 600', 'factors: 1', 'factors: 2', 'maxAge: 600, factors: 2'] as const;
  const proof = (): readonly string[] =>
    asksForProofs && choices.rarely(5) ? [choices.oneOf(proofs)] : [];
  const auth = (...args: readonly string[]): string => {
    const all = [...args, ...proof()];
    return all.length === 0 ? '@auth' : `@auth(${all.join(', ')})`;
  };
  const clause = () => (choices.rarely(4) ? auth() : auth(`requires: ${groups()}`));
  const guard = (oneIn: number): string => {
    if (!choices.rarely(oneIn)) return '';
    return choices.rarely(4) ? ` ${clause()} ${clause()}` : ` ${clause()}`;
  };
  /** Some clauses of enum values that fields return count only where a client supplies the value. */
  const valueGuard = (): string =>
    guard(3).replaceAll(/@auth(\(([^)]*)\))?/g, (clause, _args, args: string | undefined) =>
      choices.rarely(2) ? `@auth(${args === undefined ? '' : `${args}, `}readable: true)` : clause,
    );
  const policyClause = () => {
    const or = choices.oneOf(['[YES]', '[NO]', '[OWN]', '[NO, YES]', '[NO, OWN]']);
    return ` ${choices.rarely(3) ? auth(`or: ${or}`) : auth(`requires: ${groups()}`, `or: ${or}`)}`;
  };
  const fieldGuard = (oneIn: number) =>
    choices.rarely(oneIn * 2) ? `${policyClause()}${guard(4)}` : guard(oneIn);
  const rowClause = () => {
    const rows = choices.oneOf(['[ODD]', '[EVEN]', '[ODD, LOW]', 'LOW']);
    return ` ${choices.rarely(2) ? auth(`rows: ${rows}`) : auth(`requires: ${groups()}`, `rows: ${rows}`)}`;
  };
  /** One clause or two, on most lists of objects. */
  const rowGuard = (type: string): string =>
    narrowsLists && /^\[+[TABCU]\d?[\]!]/.test(type) && !choices.rarely(3)
      ? `${rowClause()}${choices.rarely(3) ? rowClause() : ''}`
      : '';
  const bang = (oneIn: number) => (choices.rarely(oneIn) ? '!' : '');
  const argument = (name: string) =>
    `${name}: ${choices.oneOf([
      'Int',
      'Int = 1',
      'D0',
      'E0',
      'E1 = E1_A',
      'I0',
      'I1',
      '[I1]',
      '[E0]',
      '[Int] = [1]',
      'I0!',
      'E0! = E0_A',
      '[E1!]!',
      'E2!',
      '[E2!]!',
      'I2',
      'I2!',
    ])}${guard(4)}`;
  const args = () => {
    const count = Math.max(0, choices.upTo(6) - 3);
    const list = ['x', 'y'].slice(0, count).map(argument);
    return list.length === 0 ? '' : `(${list.join(', ')})`;
  };
  interface Field {
    readonly head: string;
    readonly type: string;
  }
  const field = (name: string): Field => ({
    head: `${name}${args()}`,
    type: output(choices.rarely(2) ? choices.oneOf(composites) : choices.oneOf(leaves)),
  });
  /** The type, as it is, or with some of it that must not be null. */
  function output(type: string): string {
    const item = /^\[(.*)\]$/.exec(type)?.[1];
    return `${item === undefined ? type : `[${output(item)}]`}${bang(5)}`;
  }
  const fields = (prefix: string): readonly Field[] =>
    ['p', 'q'].map((name) => field(`${prefix}${name}`));
  const inherited = (own: readonly Field[]) =>
    own.map(({ head, type }) => ({ head: strip(head), type }));
  const block = (own: readonly Field[]) =>
    own.map(({ head, type }) => `  ${head}: ${type}${fieldGuard(4)}${rowGuard(type)}`).join('\n');

  const parts: string[] = [];
  for (const name of ['E0', 'E1']) {
    const values = ['A', 'B', 'C'].map((value) => `  ${name}_${value}${valueGuard()}`);
    parts.push(`enum ${name}${guard(10)} {\n${values.join('\n')}\n}`);
  }
  parts.push(`enum E2 {\n  E2_B${guard(2)}\n  E2_C${guard(2)}\n}`);
  parts.push(`scalar S0${guard(8)}`, 'scalar D0');
  parts.push(
    `input I0${guard(8)} {\n  n: Int${bang(6)}${guard(4)}\n  d: Int${bang(6)} = 1${guard(4)}\n  e: E0 = E0_A${guard(4)}\n  l: [Int${bang(6)}] = [1]${guard(4)}\n  i: I1 = { n: 7 }${guard(4)}\n  s: I0${guard(6)}\n}`,
    `input I1${guard(8)} {\n  n: Int${bang(6)}${guard(4)}\n  d: Int = 1${guard(4)}\n  e: [E1${bang(6)}] = [E1_A]${guard(4)}\n  s: [I0]${guard(6)}\n}`,
    `input I2 @oneOf {\n  n: Int${guard(2)}\n  e: E2${guard(4)}\n  i: I1${guard(3)}\n  s: I2\n}`,
  );
  const rootGuard = (type: string) => {
    const rows = rowGuard(type);
    if (rows !== '') return `${rows}${guard(6)}`;
    if (!choices.rarely(4)) return ' @public';
    return choices.rarely(3) ? policyClause() : ` ${clause()}`;
  };
  const root = (name: string, types: readonly string[]) => {
    const lines = types.map(
      (type, index) =>
        `  ${name.toLowerCase()}${index}${args()}: ${output(type)}${rootGuard(type)}`,
    );
    return `type ${name}${guardsRoots ? guard(12) : ''} {\n${lines.join('\n')}\n}`;
  };
  const lists = narrowsLists ? ['[B]', '[U1]', '[[A]]', '[T2]', '[C]', '[U0]'] : [];
  const everything = [
    ...interfaces,
    ...objects,
    'U0',
    'U1',
    'E0',
    '[E1]',
    'S0',
    '[A]',
    '[[T1]]',
    ...lists,
  ];
  parts.push(
    root('Query', everything).replace(
      '{\n',
      '{\n  input(x: I0, y: [I1], z: [E0], o: I2): String @public\n',
    ),
    root('Mutation', ['T0', 'A', 'U1', '[E0]', 'String']),
    root('Subscription', ['T1', 'A', '[U1]', 'E0']),
  );
  const isBOfA = choices.rarely(2);
  const fieldsOf: Record<string, readonly Field[]> = {
    A: fields('a'),
    B: fields('b'),
    C: fields('c'),
  };
  const reguard = (own: readonly Field[]): readonly Field[] =>
    inherited(own).map(({ head, type }) => ({
      head: head.replaceAll('#', guard(6)),
      type,
    }));
  const members: Record<string, readonly string[]> = {
    U0: ['T0', 'T1'],
    U1: ['T1', 'T2', 'T3'],
  };
  const interfaceText = (name: string, parents: readonly string[]) => {
    const own = [
      ...(fieldsOf[name] ?? []),
      ...parents.flatMap((parent) => reguard(fieldsOf[parent] ?? [])),
    ];
    parts.push(
      `interface ${name}${parents.length > 0 ? ` implements ${parents.join(' & ')}` : ''}${guard(6)} {\n${block(own)}\n}`,
    );
  };
  interfaceText('A', []);
  interfaceText('B', isBOfA ? ['A'] : []);
  interfaceText('C', []);
  const parentsOf: Record<string, readonly string[]> = {};
  for (const [index, name] of objects.entries()) {
    const chosen = interfaces.filter((_, at) => at === index || choices.rarely(3));
    const all = isBOfA && chosen.includes('B') ? [...new Set(['A', ...chosen])] : chosen;
    parentsOf[name] = all;
  }
  for (const name of objects) {
    const parents = parentsOf[name] ?? [];
    const narrowed = parents
      .flatMap((parent) => reguard(fieldsOf[parent] ?? []))
      .map((each) => ({ ...each, type: narrow(each.type) }));
    const own = [...fields(name.toLowerCase()), ...narrowed];
    parts.push(
      `type ${name}${parents.length > 0 ? ` implements ${parents.join(' & ')}` : ''}${guard(6)} {\n${block(own)}\n}`,
    );
  }
  function narrow(type: string): string {
    if (type.endsWith('!')) return `${narrow(type.slice(0, -1)).replace(/!$/, '')}!`;
    const item = /^\[(.*)\]$/.exec(type)?.[1];
    if (item !== undefined) return `[${narrow(item)}]`;
    if (!choices.rarely(2)) return type;
    const narrower =
      members[type]?.[0] ?? objects.find((name) => parentsOf[name]?.includes(type)) ?? type;
    return `${narrower}${bang(3)}`;
  }
  for (const [name, list] of Object.entries(members)) {
    parts.push(`union ${name}${guard(3)} = ${list.join(' | ')}`);
  }
  return `# data ${data}\nenum Group { ${groupEnum} }\n${directives}\n${parts.join('\n').replaceAll('#', '')}`;
}

const directives = `
enum Policy { YES NO OWN ODD EVEN LOW }
directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!], readable: Boolean, maxAge: Int, factors: Int) repeatable on OBJECT | INTERFACE | UNION | SCALAR
  | ENUM | INPUT_OBJECT | FIELD_DEFINITION | ARGUMENT_DEFINITION | INPUT_FIELD_DEFINITION | ENUM_VALUE
directive @public on FIELD_DEFINITION
directive @implies(groups: [Group!]!) on ENUM_VALUE
`;

/** Takes the guards off the arguments of a field that is inherited; `#` marks where others may stand. */
function strip(head: string): string {
  return head.replaceAll(/ @auth(\([^()]*\))?/g, '').replaceAll(/,|\)$/g, (end) => `#${end}`);
}

const isOfType = (source: unknown, pattern: RegExp): boolean =>
  typeof source === 'object' &&
  source !== null &&
  '__typename' in source &&
  pattern.test(String(source.__typename));

/** A policy for rows of some types, whose filter is its name. */
const byType = (name: RowPolicyName, isLate: boolean) => ({
  reads: ['__typename'],
  admits: (_viewer: unknown, row: unknown): boolean | Promise<boolean> => {
    const answer = isOfType(row, rowPatterns[name]);
    return isLate ? Promise.resolve(answer) : answer;
  },
  where: (): RowsFilter => ({ policy: name }),
});

type RowPolicyName = keyof typeof rowPatterns;

/** The types of the rows that each policy selects. */
const rowPatterns = { ODD: /[13]$/, EVEN: /[02]$/, LOW: /[01]$/ };

/** A filter of rows, with the combinations of Prisma. */
export interface RowsFilter {
  readonly policy?: RowPolicyName;
  readonly OR?: readonly RowsFilter[];
  readonly AND?: readonly RowsFilter[];
}

/** Whether a filter selects a row. */
export const selectsRow = (row: object, { policy, OR = [], AND = [] }: RowsFilter): boolean =>
  (policy === undefined || isOfType(row, rowPatterns[policy])) &&
  (OR.length === 0 || OR.some((each) => selectsRow(row, each))) &&
  AND.every((each) => selectsRow(row, each));

/** The policies of every generated schema for single objects. */
export const policies = {
  YES: () => true,
  NO: () => Promise.resolve(false),
  OWN: (_viewer: unknown, source: unknown) => isOfType(source, /[13]$/),
} as const;

/** The policies of every generated schema for rows. */
export const rowPolicies = {
  ODD: byType('ODD', false),
  EVEN: byType('EVEN', true),
  LOW: byType('LOW', false),
} as const;

export interface GeneratedOperation {
  readonly text: string;
  readonly document: DocumentNode;
  readonly operationName: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

const rules = specifiedRules.filter(
  (rule) => rule !== NoUnusedVariablesRule && rule !== NoUnusedFragmentsRule,
);

/** An operation for a schema, or undefined where the generated text is not valid. */
export function generateOperation(
  schema: GraphQLSchema,
  choices: Choices,
): GeneratedOperation | undefined {
  const declared: string[] = [];
  const variables: Record<string, unknown> = {};
  const fragments: {
    readonly name: string;
    readonly on: GraphQLNamedType;
    readonly text: string;
  }[] = [];
  let aliases = 0;
  let budget = 30;

  function condition(): string {
    if (!choices.rarely(6)) return '';
    const directive = choices.oneOf(['@include', '@skip']);
    if (!choices.rarely(2)) return ` ${directive}(if: ${choices.oneOf(['true', 'false'])})`;
    const name = `b${declared.length}`;
    const value = choices.oneOf([true, false]);
    if (choices.rarely(2)) {
      declared.push(`$${name}: Boolean! = ${value}`);
      if (choices.rarely(2)) variables[name] = !value;
    } else {
      declared.push(`$${name}: Boolean!`);
      variables[name] = value;
    }
    return ` ${directive}(if: $${name})`;
  }

  /** Defaults among them, as those of every input. */
  const number = () => (choices.rarely(2) ? 1 : 100 + choices.upTo(9));
  const scalar = ({ name }: GraphQLNamedType) =>
    name === 'String' ? 'text' : name === 'Boolean' ? true : number();
  const enumValue = ({ name }: GraphQLNamedType) =>
    choices.oneOf([`${name}_B`, `${name}_C`, ...(name === 'E2' ? [] : [`${name}_A`, `${name}_A`])]);

  function literal(given: GraphQLInputType, depth: number, mayVary: boolean): string {
    if (mayVary && choices.rarely(4)) return variable(given, depth);
    const type = getNullableType(given);
    if (type === given && choices.rarely(10)) return 'null';
    if (isListType(type)) {
      if (choices.rarely(3)) return literal(type.ofType, depth, false);
      const items = Array.from({ length: choices.upTo(3) }, () =>
        literal(type.ofType, depth, mayVary),
      );
      return `[${items.join(', ')}]`;
    }
    if (isEnumType(type)) return enumValue(type);
    if (!isInputObjectType(type)) return JSON.stringify(scalar(type));
    const fields = suppliedFields(type, depth).map(
      (field) => `${field.name}: ${literal(typeIn(type, field), depth + 1, mayVary)}`,
    );
    return `{${fields.join(', ')}}`;
  }

  function suppliedFields(type: GraphQLInputObjectType, depth: number) {
    const fields = Object.values(type.getFields());
    if (type.isOneOf) {
      // Of one that has no member left but itself, there is no value.
      if (depth > 6) return [];
      const at = choices.upTo(fields.length);
      return fields.slice(depth > 2 ? 0 : at).slice(0, 1);
    }
    return fields.filter(
      (field) =>
        choices.rarely(field.name === 's' || depth > 2 ? 5 : 2) || isRequiredInputField(field),
    );
  }

  /** The one member that is supplied must not be null. */
  const typeIn = ({ isOneOf }: GraphQLInputObjectType, { type }: GraphQLInputField) =>
    isOneOf ? new GraphQLNonNull(getNullableType(type)) : type;

  function json(given: GraphQLInputType, depth: number): unknown {
    const type = getNullableType(given);
    if (type === given && choices.rarely(10)) return null;
    if (isListType(type)) {
      if (choices.rarely(3)) return json(type.ofType, depth);
      return Array.from({ length: choices.upTo(3) }, () => json(type.ofType, depth));
    }
    if (isEnumType(type)) return enumValue(type);
    if (!isInputObjectType(type)) return scalar(type);
    if (type.name === 'I1' && choices.rarely(3)) return { n: 7 };
    return Object.fromEntries(
      suppliedFields(type, depth).map((field) => [
        field.name,
        json(typeIn(type, field), depth + 1),
      ]),
    );
  }

  function variable(type: GraphQLInputType, depth: number): string {
    const name = `v${declared.length}`;
    declared.push('');
    const fallback = choices.rarely(3) ? ` = ${literal(type, depth, false)}` : '';
    declared[Number(name.slice(1))] = `$${name}: ${type}${fallback}`;
    const mayBeAbsent = fallback !== '' || isNullableType(type);
    if (!choices.rarely(3) || !mayBeAbsent) variables[name] = json(type, depth);
    return `$${name}`;
  }

  function selectionSet(type: GraphQLNamedType, depth: number): string {
    const count = 1 + choices.upTo(3);
    return `{ ${Array.from({ length: count }, () => selection(type, depth)).join(' ')} }`;
  }

  function selection(type: GraphQLNamedType, depth: number): string {
    budget -= 1;
    const kind = budget > 0 && depth < 5 ? choices.upTo(10) : 0;
    if (kind === 5) return `...${condition()} ${selectionSet(type, depth + 1)}`;
    if (kind === 6 || kind === 7 || (isUnionType(type) && kind > 1)) {
      const on = choices.oneOf([type, ...overlapping(type)]);
      return `... on ${on.name}${condition()} ${selectionSet(on, depth + 1)}`;
    }
    if (kind === 8) {
      const on = choices.oneOf([type, ...overlapping(type)]);
      const text = selectionSet(on, depth + 1);
      const name = `F${fragments.length}`;
      fragments.push({ name, on, text: `fragment ${name} on ${on.name} ${text}` });
      return `...${name}${condition()}`;
    }
    if (kind === 9) {
      const fitting = fragments.filter(({ on }) => on === type || overlapping(type).includes(on));
      const [first, ...rest] = fitting;
      if (first !== undefined) return `...${choices.oneOf([first, ...rest]).name}${condition()}`;
    }
    return field(type, depth);
  }

  function field(type: GraphQLNamedType, depth: number): string {
    if (isUnionType(type) || (type.name !== 'Subscription' && choices.rarely(8))) {
      return `__typename${condition()}`;
    }
    if (!isObjectType(type) && !isInterfaceType(type)) return '__typename';
    const all = Object.values(type.getFields());
    const mayNest = depth < 5 && budget > 0;
    const [first, ...rest] = all.filter((each) => mayNest || isLeafType(getNamedType(each.type)));
    if (first === undefined) return '__typename';
    const chosen = choices.oneOf([first, ...rest]);
    const named = getNamedType(chosen.type);
    const args = chosen.args
      .filter((arg) => choices.rarely(2) || isRequiredArgument(arg))
      .map((arg) => `${arg.name}: ${literal(arg.type, 0, true)}`);
    aliases += 1;
    const alias = args.length > 0 || choices.rarely(4) ? `k${aliases}: ` : '';
    const list = args.length > 0 ? `(${args.join(', ')})` : '';
    const inside = isLeafType(named) ? '' : ` ${selectionSet(named, depth + 1)}`;
    const isChosen = type.name === 'Subscription' ? '' : condition();
    return `${alias}${chosen.name}${list}${isChosen}${inside}`;
  }

  function overlapping(type: GraphQLNamedType): readonly GraphQLNamedType[] {
    const own = possibleNames(schema, type);
    return Object.values(schema.getTypeMap()).filter(
      (each) => each !== type && possibleNames(schema, each).some((name) => own.includes(name)),
    );
  }

  const operations = ['O0', 'O1'].slice(0, 1 + choices.upTo(2)).map((name) => {
    const kind = choices.oneOf([
      OperationTypeNode.QUERY,
      OperationTypeNode.QUERY,
      OperationTypeNode.QUERY,
      // What a viewer can see of a schema need not have them.
      ...[OperationTypeNode.MUTATION, OperationTypeNode.SUBSCRIPTION].filter((each) =>
        schema.getRootType(each),
      ),
    ]);
    const root = schema.getRootType(kind);
    if (root === null || root === undefined) throw new Error('Queries are generated always.');
    // One field, which is selected for certain: whatever else is asked of a subscription is not run.
    if (kind === OperationTypeNode.SUBSCRIPTION)
      return { name, kind, set: `{ ${field(root, 0)} }` };
    return { name, kind, set: selectionSet(root, 0) };
  });
  if (choices.rarely(3)) {
    // Without it, the variables cannot be coerced.
    declared.push('$required: Int!');
    variables.required = 1;
  }
  const definitions = declared.length === 0 ? '' : `(${declared.join(', ')})`;
  const texts = operations.map(({ name, kind, set }) => `${kind} ${name}${definitions} ${set}`);
  const all = choices.rarely(2)
    ? [...fragments.map(({ text }) => text), ...texts]
    : [...texts, ...fragments.map(({ text }) => text)];
  const text = all.join('\n');
  const document = parse(text);
  if (validate(schema, document, rules).length > 0) return undefined;
  const operationName = operations.at(-1)?.name ?? 'O0';
  return { text, document, operationName, variables };
}

function possibleNames(schema: GraphQLSchema, type: GraphQLNamedType): readonly string[] {
  if (type.name.startsWith('__')) return [];
  if (isAbstractType(type)) return schema.getPossibleTypes(type).map(({ name }) => name);
  return isObjectType(type) ? [type.name] : [];
}
