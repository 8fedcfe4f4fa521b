import type { Choices } from './generators.ts';
import type { DrawnClause, DrawnViewer } from './rows-generators.ts';

/** How a field returns objects. */
export type Shape = 'one' | 'list' | 'nested' | 'connection';

/** How a part of a connection comes to the executor. */
export type PartSource = 'property' | 'promise' | 'function' | 'resolver';

/** What a resolver does about the filter. `ignores`: it asks, and reads all rows. */
export type Asking = 'filters' | 'never' | 'ignores';

/** A field that returns objects, and how its resolver makes them. */
export interface RuledField {
  readonly name: string;
  /** The named type: of the rows, for a connection. */
  readonly of: string;
  readonly shape: Shape;
  readonly isStrict: boolean;
  readonly hasStrictItems: boolean;
  readonly argument: 'first' | 'cursor' | 'ids' | 'flag' | undefined;
  readonly source: 'property' | 'method' | 'resolver';
  readonly arrival: 'at once' | 'promise' | 'thenable';
  readonly container: 'array' | 'set' | 'generator';
  readonly asking: Asking;
  /** The clauses with `rows` of the field itself. */
  readonly clauses: readonly DrawnClause[];
  /** The parts of a connection. */
  readonly parts: Readonly<Record<'edges' | 'node' | 'nodes', PartSource>>;
}

/** An object type or an interface. */
export interface RuledType {
  readonly name: string;
  readonly kind: 'object' | 'interface';
  readonly interfaces: readonly string[];
  readonly clauses: readonly DrawnClause[];
  readonly fields: readonly RuledField[];
}

/** An object of the data. */
export interface RuledRow {
  readonly id: number;
  readonly type: string;
  readonly tag: number;
  /** Undefined: policies that read it admit no one. */
  readonly level: number | undefined;
  /** The ids of the objects behind each field. */
  readonly targets: Targets;
}

/** By field: the id of one object, those of a list or a connection, or those of nested lists. */
export type Targets = ReadonlyMap<string, Target>;
export type Target = number | null | readonly Target[];

/** A schema with rules, its data, and viewers. */
export interface RuledWorld {
  readonly types: readonly RuledType[];
  readonly union: readonly string[];
  readonly query: readonly RuledField[];
  readonly mutation: readonly RuledField[];
  /** Names of the fields of Query that are public. */
  readonly open: ReadonlySet<string>;
  readonly implications: string;
  readonly viewers: readonly DrawnViewer[];
  readonly rows: readonly RuledRow[];
  readonly roots: Targets;
}

const givenArguments = [undefined, 'flag', 'ids', 'first', undefined, 'cursor'] as const;
const objects = ['T0', 'T1', 'T2'] as const;
const interfaces = ['I0', 'I1'] as const;
const shapes = ['one', 'list', 'nested', 'connection', 'one', 'connection'] as const;
export const unionName = 'U0';

/** What restricts the schemas that are drawn. */
interface Drawing {
  /** Whether all resolvers read with the filter wherever they have to, and all rows have what policies read. */
  readonly isRight: boolean;
}

/** Draws the fields and rules of one world. */
function createDrawing(choices: Choices, { isRight }: Drawing) {
  const clause = (): DrawnClause => ({
    requires: choices.oneOf([[], ['G1'], ['G2'], ['G1', 'G3']]),
    rows: choices.oneOf([['SAME_TAG'], ['LOW'], ['SAME_TAG', 'LOW'], ['NEVER'], ['HIGH']]),
  });
  const clauses = (oneIn: number): readonly DrawnClause[] =>
    choices.rarely(oneIn) ? Array.from({ length: 1 + choices.upTo(2) }, clause) : [];
  const part = () =>
    choices.oneOf(['property', 'function', 'promise', 'resolver', 'function'] as const);
  const asking = (mustFilter: boolean): Asking => {
    const drawn = choices.oneOf(['filters', 'filters', 'filters', 'never', 'ignores'] as const);
    return isRight && (mustFilter || drawn === 'ignores') ? 'filters' : drawn;
  };
  function field(name: string, isOfQuery: boolean): RuledField {
    const shape = choices.oneOf(shapes);
    const isStrict = choices.rarely(3);
    const argument = choices.oneOf(givenArguments);
    const own = shape === 'one' ? [] : clauses(8);
    const asks = asking(shape === 'connection' || own.length > 0 || isPaging({ argument }));
    const source = choices.oneOf(['resolver', 'property', 'method'] as const);
    return {
      name,
      of: choices.oneOf([...objects, ...interfaces, unionName, ...objects]),
      shape,
      isStrict,
      hasStrictItems: choices.rarely(2),
      // A missing row and a hidden one would differ.
      argument: isOfQuery && shape === 'one' && isStrict ? undefined : argument,
      source: source === 'property' && asks !== 'never' ? 'method' : source,
      arrival: choices.oneOf(['at once', 'promise', 'thenable']),
      container: choices.oneOf(['array', 'array', 'set', 'generator']),
      asking: asks,
      clauses: own,
      parts: { edges: part(), node: part(), nodes: part() },
    };
  }
  const fields = (from: string, count: number) =>
    Array.from({ length: count }, (_, index) => field(`${from}${index}`, from === 'q'));
  return { clauses, fields };
}

type FieldDrawing = ReturnType<typeof createDrawing>;

function drawTypes(choices: Choices, { clauses, fields }: FieldDrawing): readonly RuledType[] {
  const implementing = objects.map((name, index) => ({
    name,
    interfaces: interfaces.filter((_, at) => at === index || choices.rarely(2)),
  }));
  /** A field of an interface, of which an implementation can narrow the type. */
  const link = (of: (typeof interfaces)[number]): RuledField => {
    const possible = implementing.filter((each) => each.interfaces.includes(of));
    const narrowed = possible[choices.upTo(possible.length)]?.name ?? of;
    const isStrict = choices.rarely(3);
    return { ...simple, name: `link${of}`, isStrict, of: choices.rarely(2) ? narrowed : of };
  };
  return [
    ...interfaces.map((name) => ({
      name,
      kind: 'interface' as const,
      interfaces: [],
      clauses: clauses(3),
      fields: [{ ...simple, name: `link${name}`, of: name }],
    })),
    ...implementing.map((type) => ({
      ...type,
      kind: 'object' as const,
      clauses: clauses(2),
      fields: [...type.interfaces.map(link), ...fields(`${type.name.toLowerCase()}f`, 2)],
    })),
  ];
}

/** Draws a world: of choices that have run out, the simplest. */
export function drawRuledWorld(choices: Choices, restricted: Drawing): RuledWorld {
  const viewers = Array.from({ length: 6 }, () => ({
    groups: choices.oneOf([[], [], ['G1'], ['G2'], null, ['G3'], ['G1', 'G3']]),
    tag: choices.upTo(3),
  }));
  const drawing = createDrawing(choices, restricted);
  const query = drawing.fields('q', 4);
  const schema = {
    types: drawTypes(choices, drawing),
    union: objects.filter((_, index) => index === 0 || choices.rarely(2)),
    query,
    mutation: drawing.fields('m', 3),
    open: new Set(query.map(({ name }) => name).filter(() => choices.rarely(4))),
    implications: choices.oneOf(['G1 G2 G3', 'G1 @implies(groups: [G2]) G2 G3']),
  };
  return { ...schema, viewers, ...drawRows(choices, schema, restricted) };
}

const simple: Omit<RuledField, 'name' | 'of'> = {
  shape: 'one',
  isStrict: false,
  hasStrictItems: false,
  argument: undefined,
  source: 'property',
  arrival: 'at once',
  container: 'array',
  asking: 'never',
  clauses: [],
  parts: { edges: 'property', node: 'property', nodes: 'property' },
};

/** Whether the argument of a field chooses a part of a list. */
export const isPaging = ({ argument }: Pick<RuledField, 'argument'>): boolean =>
  argument === 'first' || argument === 'cursor';

type RuledSchema = Pick<RuledWorld, 'types' | 'union' | 'query' | 'mutation'>;

/** Returns the parts of a list, or the one part that is no list. */
export const listOf = (target: Target): readonly Target[] =>
  typeof target === 'object' && target !== null ? target : [target];

/** Returns the object types that a named type stands for. */
export function possibleOf({ types, union }: Omit<RuledSchema, 'query' | 'mutation'>, of: string) {
  if (of === unionName) return union;
  const implementing = types.filter((type) => type.interfaces.includes(of)).map(({ name }) => name);
  return types.some(({ name, kind }) => name === of && kind === 'object') ? [of] : implementing;
}

function drawRows(
  choices: Choices,
  schema: RuledSchema,
  { isRight }: Drawing,
): Pick<RuledWorld, 'rows' | 'roots'> {
  const count = 9;
  const typeAt = (id: number) => objects[id % objects.length] ?? 'T0';
  const ids = Array.from({ length: count }, (_, index) => index);

  function targetOf({ of, shape, isStrict, hasStrictItems }: RuledField): Target {
    const possible = possibleOf(schema, of);
    const fitting = ids.filter((id) => possible.includes(typeAt(id)));
    const row = () => fitting[choices.upTo(fitting.length)] ?? 0;
    const rowOrNull = () => (choices.rarely(5) ? null : row());
    const isEmpty = fitting.length === 0;
    const list = (item: () => Target) =>
      isEmpty ? [] : Array.from({ length: choices.upTo(5) }, item);
    if (shape === 'one') return isEmpty ? null : isStrict ? row() : rowOrNull();
    if (shape === 'connection') return list(row);
    const inner = () => list(hasStrictItems ? row : rowOrNull);
    return shape === 'list' ? inner() : Array.from({ length: choices.upTo(3) }, inner);
  }

  const targetsOf = (fields: readonly RuledField[]): Targets =>
    new Map(fields.map((field) => [field.name, targetOf(field)]));
  const rows = ids.map((id): RuledRow => {
    const type = schema.types.find(({ name }) => name === typeAt(id));
    return {
      id,
      type: typeAt(id),
      tag: choices.upTo(3),
      level: !isRight && choices.rarely(5) ? undefined : choices.upTo(4),
      targets: targetsOf(type?.fields ?? []),
    };
  });
  return { rows, roots: targetsOf([...schema.query, ...schema.mutation]) };
}

/** The name of the connection type of a field. */
export const connectionName = ({ name }: RuledField): string => `Page_${name}`;

/** The type of a field in SDL. */
export function typeText(field: RuledField): string {
  const strict = field.isStrict ? '!' : '';
  const item = `${field.of}${field.hasStrictItems ? '!' : ''}`;
  if (field.shape === 'one') return `${field.of}${strict}`;
  if (field.shape === 'list') return `[${item}]${strict}`;
  return field.shape === 'nested' ? `[[${item}]]${strict}` : `${connectionName(field)}${strict}`;
}

const argumentTexts = {
  first: '(first: Int)',
  cursor: '(cursor: String)',
  ids: '(ids: [ID!])',
  flag: '(flag: Boolean)',
} as const;

const clauseText = ({ requires, rows }: DrawnClause): string =>
  `@auth(${requires.length === 0 ? '' : `requires: [${requires}], `}rows: [${rows}])`;

const clausesText = (clauses: readonly DrawnClause[]): string => clauses.map(clauseText).join(' ');

export function toRuledSdl(world: RuledWorld): string {
  const fieldText = (field: RuledField, guard = '') => {
    const given = field.argument === undefined ? '' : argumentTexts[field.argument];
    return `${field.name}${given}: ${typeText(field)} ${guard} ${clausesText(field.clauses)}`;
  };
  const rootText = (field: RuledField) =>
    fieldText(field, field.clauses.length > 0 ? '' : isOpen(world, field) ? '@public' : '@auth');
  const typeTexts = world.types.map(({ name, kind, interfaces: implemented, clauses, fields }) => {
    const head = kind === 'object' ? `type ${name}` : `interface ${name}`;
    const list = implemented.length === 0 ? '' : `implements ${implemented.join(' & ')}`;
    const members = fields.map((field) => fieldText(field)).join('\n');
    return `${head} ${list} ${clausesText(clauses)} { id: Int, tag: Int, level: Int ${members} }`;
  });
  const all = [...world.types.flatMap(({ fields }) => fields), ...world.query, ...world.mutation];
  const pages = all
    .filter(({ shape, name }) => shape === 'connection' && !name.startsWith('link'))
    .map((field) => {
      const name = connectionName(field);
      return `type ${name} { total: Int, edges: [Edge_${name}!], nodes: [${field.of}!] }
        type Edge_${name} { key: Int, node: ${field.of} }`;
    });
  return `
    enum Group { ${world.implications} }
    enum Policy { SAME_TAG LOW NEVER HIGH }
    directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!]) repeatable on FIELD_DEFINITION | OBJECT | INTERFACE
    directive @public on FIELD_DEFINITION
    directive @implies(groups: [Group!]!) on ENUM_VALUE
    union ${unionName} = ${world.union.join(' | ')}
    type Keep { ${[...objects, ...interfaces, unionName].map((name) => `a${name}: ${name}`)} }
    type Query { keep: Keep @auth ${world.query.map(rootText).join('\n')} }
    type Mutation { ${world.mutation.map(rootText).join('\n')} }
    ${typeTexts.join('\n')}
    ${pages.join('\n')}
  `;
}

/** Whether anyone may reach a field of Query. */
export const isOpen = ({ open }: RuledWorld, { name }: RuledField): boolean => open.has(name);
