import type { Choices } from './generators.ts';
import {
  type DrawnArgument,
  type DrawnField,
  type DrawnWorld,
  inputName,
  pick,
} from './within-drawn.ts';
import type { AskedList, Call, Clause, NamedId } from './within-oracle.ts';

/** An operation, and what the oracle decides it by. */
export interface DrawnOperation {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly asked:
    | { readonly kind: 'calls'; readonly calls: readonly Call[] }
    | { readonly kind: 'list'; readonly list: AskedList };
}

/** Collects the variables of an operation. */
interface Variables {
  readonly choices: Choices;
  readonly world: DrawnWorld;
  readonly declared: string[];
  readonly values: Record<string, unknown>;
}

const absent = Symbol('absent');

/** Draws the value of an argument: absent, null, or ids of rows, some of which do not exist. */
function drawValue(
  { choices, world }: Variables,
  { kind, type, parts }: DrawnArgument,
  from: Variables,
): unknown {
  if (choices.rarely(8)) return choices.rarely(2) ? absent : null;
  const ids = [
    ...(world.rows[type] ?? []).map(({ id }) => id),
    ...(choices.rarely(6) ? ['none'] : []),
  ];
  const id = () => pick(choices, ids);
  if (kind === 'plain') return 1;
  if (kind === 'id') return id();
  if (kind === 'ids') {
    const list = Array.from({ length: choices.upTo(4) }, id);
    return choices.rarely(8) ? [...list, null] : list;
  }
  const entries = parts.map((part) => [part.name, drawValue(from, part, from)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== absent));
}

/** Returns what an argument with a value asks for. */
function asksOf(argument: DrawnArgument, value: unknown): Call {
  const { kind, type, clauses, parts } = argument;
  if (value === absent) return { clauses: [], ids: [] };
  if (kind === 'plain') return { clauses, ids: [] };
  if (kind === 'input') {
    if (value === null) return { clauses: [], ids: [] };
    const given: Readonly<Record<string, unknown>> = Object(value);
    return together(
      parts.map((part) => asksOf(part, part.name in given ? given[part.name] : absent)),
    );
  }
  const list: readonly unknown[] =
    Array.isArray(value) && value.length > 0 ? value : [value].flat();
  const ids = list.map((id): NamedId => ({ type, id, clauses }));
  // An empty list names nothing, as null.
  return { clauses: [], ids: ids.length === 0 ? [{ type, id: null, clauses }] : ids };
}

const together = (asks: readonly Call[], clauses: readonly Clause[] = []): Call => ({
  clauses: [...clauses, ...asks.flatMap((each) => each.clauses)],
  ids: asks.flatMap((each) => each.ids),
});

const literal = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, each]) => `${name}: ${literal(each)}`);
  return `{ ${fields.join(', ')} }`;
};

/** Draws a call of a field: its text, with an alias, and what it asks for. */
function drawCall(variables: Variables, parent: string, field: DrawnField, alias: string) {
  const { choices, declared, values } = variables;
  const asks: Call[] = [];
  const given: string[] = [];
  for (const argument of field.args) {
    const value = drawValue(variables, argument, variables);
    asks.push(asksOf(argument, value));
    if (choices.rarely(2)) {
      const name = `v${declared.length}`;
      const input = inputName(parent, field.name, argument.name);
      declared.push(`$${name}: ${{ plain: 'Int', id: 'ID', ids: '[ID]', input }[argument.kind]}`);
      if (value !== absent) values[name] = value;
      given.push(`${argument.name}: $${name}`);
    } else if (value !== absent) given.push(`${argument.name}: ${literal(value)}`);
  }
  const list = given.length === 0 ? '' : `(${given.join(', ')})`;
  return { text: `${alias}: ${field.name}${list}`, call: together(asks, field.clauses) };
}

const textOf = (kind: string, { declared }: Variables, selection: string): string =>
  `${kind}${declared.length === 0 ? '' : ` (${declared.join(', ')})`} { ${selection} }`;

/** Draws an operation with one call or two of a root. */
function drawCalls(variables: Variables): DrawnOperation {
  const { choices, world } = variables;
  const root = choices.rarely(3) ? 'Query' : 'Mutation';
  const calls = ['a', ...(choices.rarely(4) ? ['b'] : [])].map((alias) =>
    drawCall(variables, root, pick(choices, world.roots[root]), alias),
  );
  return {
    text: textOf(root.toLowerCase(), variables, calls.map(({ text }) => text).join(' ')),
    variables: variables.values,
    asked: { kind: 'calls', calls: calls.map(({ call }) => call) },
  };
}

/** Draws an operation that lists the rows of one type, or of all, with fields of them. */
function drawList(variables: Variables): DrawnOperation {
  const { choices, world } = variables;
  const names = Object.keys(world.types);
  const isAny = choices.rarely(4);
  const types = isAny ? names : [pick(choices, names)];
  const drawn = (isAny ? names.filter(() => choices.rarely(2)) : types).map((type) => ({
    type,
    calls: ['a', 'b']
      .slice(choices.upTo(2))
      .map((alias) =>
        drawCall(variables, type, pick(choices, world.fields[type] ?? []), `${alias}${type}`),
      ),
  }));
  const parts = drawn.map(
    ({ type, calls }) => `... on ${type} { ${calls.map(({ text }) => text).join(' ')} }`,
  );
  const list = isAny ? 'listAny' : `list${types[0]}`;
  return {
    text: textOf('query', variables, `list: ${list} { id ${parts.join(' ')} }`),
    variables: variables.values,
    asked: {
      kind: 'list',
      list: {
        types,
        calls: Object.fromEntries(
          drawn.map(({ type, calls }) => [type, calls.map(({ call }) => call)]),
        ),
      },
    },
  };
}

/** Draws an operation on a world. */
export function drawPlacedOperation(choices: Choices, world: DrawnWorld): DrawnOperation {
  const variables: Variables = { choices, world, declared: [], values: {} };
  return choices.rarely(2) ? drawList(variables) : drawCalls(variables);
}
