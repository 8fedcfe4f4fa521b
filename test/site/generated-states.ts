import { directiveTypeDefs } from '@graphql-gatehouse/authorization';
import fc from 'fast-check';
import { buildSchema, type GraphQLSchema, validate } from 'graphql';
import { examples } from '../../site/try/examples.ts';
import {
  factorCounts,
  type PolicyAnswer,
  policyAnswers,
  type TryState,
} from '../../site/try/state.ts';
import { type Round, roundsOf } from '../authorization/generated-rounds.ts';
import {
  type Choices,
  createChoices,
  type GeneratedOperation,
  generateOperation,
  generateSchema,
} from '../authorization/generators.ts';

/** What one schema is made of, with several states of the page on it. */
export interface StateRound extends Round {
  readonly isRuled: boolean;
  readonly hasOddNames: boolean;
}

export const stateRoundsOf = (count: number): fc.Arbitrary<StateRound> =>
  fc
    .tuple(roundsOf(count), fc.boolean(), fc.boolean())
    .map(([round, isRuled, hasOddNames]) => ({ ...round, isRuled, hasOddNames }));

/** A schema of a round: as the page has it, as a server has it, and its states. */
export interface DrawnStates {
  readonly sdl: string;
  /** With the definitions of the directives, which the page adds. */
  readonly whole: string;
  readonly states: readonly TryState[];
}

/** Generates the states of a round. Some numbers make no operation. */
export function drawStates({ schema, operations, isRuled, hasOddNames }: StateRound): DrawnStates {
  const choices = createChoices(schema);
  const drawn = isRuled
    ? drawRuledSdl(choices)
    : generateSchema(choices, { guardsRoots: true, narrowsLists: true, asksForProofs: true });
  const added = isRuled ? `\n${directiveTypeDefs()}` : '';
  const renamed = hasOddNames ? withOddNames : (text: string) => text;
  const built = buildSchema(`${drawn}${added}`);
  const sdl = renamed(drawn);
  const states = operations.flatMap((numbers): readonly TryState[] => {
    const own = createChoices(numbers);
    const state = drawState(own, sdl);
    const texts = drawOperation(own, built);
    return texts === undefined ? [] : [{ ...state, ...mapValues(texts, renamed) }];
  });
  return { sdl, whole: `${sdl}${added}`, states };
}

const mapValues = (texts: OperationTexts, change: (text: string) => string): OperationTexts => ({
  operation: change(texts.operation),
  operationName: change(texts.operationName),
  variables: change(texts.variables),
});

type OperationTexts = Pick<TryState, 'operation' | 'operationName' | 'variables'>;

/** Draws an operation. One in six has a mistake, and one in twelve asks about the schema. */
function drawOperation(choices: Choices, schema: GraphQLSchema): OperationTexts | undefined {
  const kind = choices.upTo(12);
  const name = choices.oneOf(['T0', 'A', 'I0', 'E0']);
  if (kind === 11) {
    const fields =
      'kind name fields { name args { name } } inputFields { name } enumValues { name }';
    const operation = `query O0 { __schema { types { ${fields} } } __type(name: "${name}") { ${fields} } }`;
    return { operation, operationName: '', variables: '' };
  }
  const generated = generateUsed(schema, choices);
  if (generated === undefined) return undefined;
  const texts = toTexts(generated);
  const { operation } = texts;
  if (kind === 10) return { ...texts, operation: operation.slice(0, -1 - choices.upTo(9)) };
  if (kind !== 9) return texts;
  return choices.oneOf([
    { ...texts, variables: '' },
    { ...texts, operationName: 'Other' },
    { ...texts, variables: texts.variables.replaceAll(/(?<=[:[,])\d+/g, '"text"') },
    { ...texts, operation: operation.replace('{', '{ nothing ') },
  ]);
}

/** Generates an operation that uses all of its variables and fragments, if a few of them are not in vain. */
function generateUsed(schema: GraphQLSchema, choices: Choices): GeneratedOperation | undefined {
  const tries = [1, 2, 3, 4].map(() => generateOperation(schema, choices));
  return tries.find((each) => each !== undefined && validate(schema, each.document).length === 0);
}

const toTexts = ({ text, operationName, variables }: GeneratedOperation): OperationTexts => ({
  operation: text,
  operationName,
  variables: JSON.stringify(variables),
});

const [{ state: blank }] = examples;

/** `G9` is a group that no schema has, as a link can hold. */
function drawState(choices: Choices, sdl: string): TryState {
  const groups = ['G1', 'G2', 'G3', 'G9', oddNames.G2, oddNames.G3].filter(() => choices.rarely(2));
  const names = ['YES', 'NO', 'OWN', 'ODD', 'EVEN', 'LOW'];
  const known = [...names, oddNames.YES, oddNames.ODD].filter(() => !choices.rarely(5));
  const policies = known.map((name): [string, PolicyAnswer] => [
    name,
    choices.oneOf([...policyAnswers, 'depends']),
  ]);
  return {
    ...blank,
    sdl,
    groups: choices.rarely(8) ? null : groups,
    minutes: choices.oneOf([0, 5, 10, 100]),
    factors: choices.oneOf(factorCounts),
    policies: new Map(policies),
  };
}

/** Draws a schema in which types have rules, arguments and input fields name rows, and subscriptions return them. */
function drawRuledSdl(choices: Choices): string {
  const groups = () => choices.oneOf(['G1', '[G1]', '[G2]', '[G1, G2]', '[G3]']);
  const rows = () => choices.oneOf(['[ODD]', '[EVEN]', '[ODD, LOW]', 'LOW']);
  const proof = () =>
    choices.rarely(6)
      ? [choices.oneOf(['maxAge: 600', 'factors: 2', 'maxAge: 600, factors: 1'])]
      : [];
  const auth = (...args: readonly string[]): string => {
    const all = [...args, ...proof()];
    return all.length === 0 ? ' @auth' : ` @auth(${all.join(', ')})`;
  };
  const some = (make: () => string, oneIn: number) => (choices.rarely(oneIn) ? make() : '');
  const byGroups = () => (choices.rarely(3) ? auth() : auth(`requires: ${groups()}`));
  const byRows = () =>
    choices.rarely(2) ? auth(`rows: ${rows()}`) : auth(`requires: ${groups()}`, `rows: ${rows()}`);
  const byPolicy = () =>
    choices.rarely(2) ? auth('or: [YES]') : auth(`requires: ${groups()}`, 'or: [NO, YES]');
  const reference = () => {
    const type = choices.oneOf(['T0', 'T1', 'T2', 'A', 'B', 'U0']);
    return ` @references(type: "${type}"${some(() => `, rows: ${rows()}`, 3)})`;
  };
  const id = () => `${some(reference, 2)}${some(byGroups, 5)}`;
  const args = () =>
    choices.oneOf([
      '',
      '',
      `(x: ID${id()})`,
      `(x: [ID!]${id()}, y: I0)`,
      `(y: I0${some(byGroups, 4)})`,
    ]);
  const output = () =>
    choices.oneOf([
      'T0',
      '[T0]',
      'A',
      'T1',
      '[A!]',
      'B',
      'U0',
      '[U0]',
      'T2',
      '[[T1]]',
      'Page',
      'Int',
    ]);
  const field = (name: string, guard: () => string) => {
    const type = output();
    const narrows = /^\[/.test(type) && choices.rarely(3);
    return `  ${name}${args()}: ${type}${narrows ? byRows() : guard()}`;
  };
  const below = () => choices.oneOf(['', '', '', byGroups(), byPolicy()]);
  const root = () => choices.oneOf([' @public', auth(), byGroups(), byPolicy(), byPolicy()]);
  const block = (name: string, count: number, guard: () => string) =>
    Array.from({ length: count }, (_, at) => field(`${name}${at}`, guard)).join('\n');
  const shared = { A: `  a: A${below()}\n  n: Int${below()}`, B: `  b: [B!]${below()}` };
  const rule = (oneIn: number) => `${some(byRows, oneIn)}${some(byGroups, 6)}`;
  const type = (name: string, own: readonly ('A' | 'B')[]) =>
    `type ${name}${own.length > 0 ? ` implements ${own.join(' & ')}` : ''}${rule(2)} {\n` +
    `  id: ID\n${own.map((each) => shared[each]).join('\n')}\n${block(name.toLowerCase(), 2, below)}\n}`;
  return [
    `enum Group { ${choices.oneOf([
      'G1 G2 G3',
      'G1 @implies(groups: [G2]) G2 @implies(groups: [G3]) G3',
      'G1 G2 G3 @implies(groups: [G2])',
    ])} }`,
    'enum Policy { YES NO OWN ODD EVEN LOW }',
    `interface A${rule(3)} {\n${shared.A}\n}`,
    `interface B${rule(4)} {\n${shared.B}\n}`,
    type('T0', ['A']),
    type('T1', choices.rarely(2) ? ['A', 'B'] : ['B']),
    type('T2', choices.rarely(2) ? ['A'] : []),
    `union U0${some(byGroups, 5)} = T0 | T1`,
    `type Page {\n  total: Int\n  edges: [Edge!]${some(byPolicy, 4)}\n  nodes: [T0!]\n}`,
    `type Edge {\n  key: Int\n  node: T0${some(byPolicy, 4)}\n}`,
    `input I0${some(byGroups, 8)} {\n  n: ID${id()}\n  s: I0${some(byGroups, 5)}\n  d: Int = 1${some(byGroups, 5)}\n}`,
    `type Query${some(byGroups, 9)} {\n  all(y: I0, of: A1): Int @public\n${block('query', 6, root)}\n}`,
    'scalar A1',
    `type Mutation {\n${block('mutation', 4, root)}\n}`,
    `type Subscription {\n${block('subscription', 4, root)}\n}`,
  ].join('\n');
}

/**
 * Names that objects inherit, in place of some generated ones. Those of a schema may not begin with `__`, and input fields
 * have none of them: graphql-js takes what every object inherits for a value of such a field.
 */
const oddNames = {
  T1: 'constructor',
  I0: 'hasOwnProperty',
  G2: 'toString',
  G3: 'constructor',
  YES: 'toString',
  ODD: 'valueOf',
  x: 'constructor',
  t1p: 'toString',
  t10: 'toString',
  ap: 'valueOf',
  query0: 'constructor',
  query1: 'toString',
  mutation0: 'constructor',
  k1: '__proto__',
  v0: '__proto__',
  F0: 'constructor',
  O0: '__proto__',
} as const;

const odd = new Map<string, string>(Object.entries(oddNames));
const anyOdd = new RegExp(`\\b(${[...odd.keys()].join('|')})\\b`, 'g');
const withOddNames = (text: string): string =>
  text.replaceAll(anyOdd, (name) => odd.get(name) ?? name);
