import type { Choices } from './generators.ts';

/** One clause, as it is drawn: all rows for who is in one of the groups, and to others those of the policies. */
export interface DrawnClause {
  readonly requires: readonly string[];
  readonly rows: readonly RowPolicyName[];
}

export type RowPolicyName = 'SAME_TAG' | 'LOW' | 'NEVER' | 'HIGH';

/** A viewer. */
export interface DrawnViewer {
  /** Null: anonymous. */
  readonly groups: readonly string[] | null;
  readonly tag: number;
}

/** How a field returns objects. */
export type Shape = 'one' | 'list' | 'nested' | 'connection';

/** The parts of a connection. `node` is inside `edges`, and `rows` inside `groups`. */
export type PartName = 'edges' | 'node' | 'nodes' | 'groups' | 'rows';

/** One part of a connection: how it comes to the executor, and a policy in `or` that decides while the operation runs. */
export interface DrawnPart {
  readonly source: (typeof partSources)[number];
  readonly or: 'OPEN' | 'LATER' | 'SHUT' | null;
}

const partSources = [
  'property',
  'promise',
  'function',
  'resolver',
  'thenable',
  'asynchronous function',
  'asynchronous resolver',
  'generator',
  'absent',
  'throws',
] as const;

/** How the value of a field comes to the executor. */
export type Arrival = (typeof arrivals)[number];

const arrivals = ['at once', 'promise', 'thenable', 'callable promise'] as const;

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
  readonly arrival: Arrival;
  readonly container: 'array' | 'set' | 'generator';
  readonly asking: Asking;
  /** The clauses with `rows` of the field itself. */
  readonly clauses: readonly DrawnClause[];
  /** The parts of a connection. */
  readonly parts: Readonly<Record<PartName, DrawnPart>>;
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
  readonly isPlain: boolean;
  /** Whether policies have a `where` that is wider than `admits`. */
  readonly isWide: boolean;
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
const plainShapes = ['list', 'nested', 'connection', 'connection', 'one'] as const;
export const unionName = 'U0';

/** What restricts the schemas that are drawn. */
interface Drawing {
  /** Whether all resolvers read with the filter wherever they have to, and all rows have what policies read. */
  readonly isRight: boolean;
  /**
   * Whether no type has a rule, and objects are reached by their own types alone: what a decision names is then known
   * exactly. Only there, other fields have policies too, and connections have groups of rows.
   */
  readonly isPlain: boolean;
}

/** Draws the fields and rules of one world. */
function createDrawing(
  choices: Choices,
  { isRight, isPlain, isWide }: Drawing & Pick<RuledWorld, 'isWide'>,
) {
  const clause = (): DrawnClause => ({
    requires: choices.oneOf([[], ['G1'], ['G2'], ['G1', 'G3']]),
    rows: choices.oneOf([
      ['SAME_TAG'],
      ['LOW'],
      ['SAME_TAG', 'LOW'],
      ['NEVER'],
      ['HIGH'],
      ['NEVER', 'HIGH', 'SAME_TAG'],
    ]),
  });
  const some = (max: number) => Array.from({ length: 1 + choices.upTo(max) }, clause);
  const clauses = (oneIn: number): readonly DrawnClause[] => (choices.rarely(oneIn) ? some(2) : []);
  const part = (): DrawnPart => {
    const source = choices.oneOf(partSources);
    return {
      // When errors are listed can depend on hidden rows.
      source: isRight && source === 'throws' ? 'absent' : source,
      or: isPlain ? choices.oneOf([null, null, 'OPEN', 'LATER', 'LATER', 'SHUT']) : null,
    };
  };
  const asking = (mustFilter: boolean): Asking => {
    const drawn = choices.oneOf(['filters', 'filters', 'ignores', 'never', 'ignores'] as const);
    if (isRight) return mustFilter || drawn === 'ignores' ? 'filters' : drawn;
    return isWide && drawn === 'filters' ? 'ignores' : drawn;
  };
  function field(name: string, isOfQuery: boolean): RuledField {
    const shape = choices.oneOf(isPlain ? plainShapes : shapes);
    const isStrict = choices.rarely(3);
    const argument = choices.oneOf(givenArguments);
    const ofList = () =>
      isPlain && !choices.rarely(4) ? some(3) : clauses(shape === 'connection' ? 3 : 8);
    const own = shape === 'one' ? [] : ofList();
    const asks = asking(shape === 'connection' || own.length > 0 || isPaging({ argument }));
    const drawnSource = choices.oneOf(['resolver', 'property', 'method'] as const);
    const source = drawnSource === 'property' && asks !== 'never' ? 'method' : drawnSource;
    const arrival = choices.oneOf(arrivals);
    return {
      name,
      of: isPlain
        ? choices.oneOf(objects)
        : choices.oneOf([...objects, ...interfaces, unionName, ...objects]),
      shape,
      isStrict,
      hasStrictItems: choices.rarely(2),
      // A missing row and a hidden one would differ.
      argument: isOfQuery && shape === 'one' && isStrict ? undefined : argument,
      source,
      // It would be called as a method.
      arrival: source === 'property' && arrival === 'callable promise' ? 'promise' : arrival,
      container: choices.oneOf(['array', 'array', 'set', 'generator']),
      asking: asks,
      clauses: own,
      parts: { edges: part(), node: part(), nodes: part(), groups: part(), rows: part() },
    };
  }
  const fields = (from: string, count: number) =>
    Array.from({ length: count }, (_, index) => field(`${from}${index}`, from === 'q'));
  return { clauses, fields };
}

type FieldDrawing = ReturnType<typeof createDrawing>;

function drawTypes(
  choices: Choices,
  { clauses, fields }: FieldDrawing,
  { isPlain }: Drawing,
): readonly RuledType[] {
  if (isPlain) {
    return objects.map((name) => ({
      name,
      kind: 'object' as const,
      interfaces: [],
      clauses: [],
      fields: fields(`${name.toLowerCase()}f`, 2),
    }));
  }
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
  const { isRight, isPlain } = restricted;
  const isWide = isPlain && !isRight && choices.rarely(5);
  const drawing = createDrawing(choices, { ...restricted, isWide });
  const query = drawing.fields('q', 4);
  const schema = {
    isPlain,
    isWide,
    types: drawTypes(choices, drawing, restricted),
    union: objects.filter((_, index) => index === 0 || choices.rarely(2)),
    query,
    mutation: drawing.fields('m', 3),
    open: new Set(query.map(({ name }) => name).filter(() => choices.rarely(4))),
    implications: choices.oneOf([
      'G1 G2 G3',
      'G1 @implies(groups: [G2]) G2 G3',
      'G1 G2 @implies(groups: [G3]) G3 @implies(groups: [G1])',
    ]),
  };
  return { ...schema, viewers, ...drawRows(choices, schema, restricted) };
}

const atOnce: DrawnPart = { source: 'property', or: null };

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
  parts: { edges: atOnce, node: atOnce, nodes: atOnce, groups: atOnce, rows: atOnce },
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
    const innerOrNull = () => (choices.rarely(5) ? null : inner());
    return shape === 'list' ? inner() : Array.from({ length: choices.upTo(3) }, innerOrNull);
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

/** The name of the type that has a part of a connection. */
export const holderName = (field: RuledField, part: PartName): string =>
  `${{ node: 'Edge_', rows: 'Group_', edges: '', nodes: '', groups: '' }[part]}${connectionName(field)}`;

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
    const own = world.isPlain && kind === 'object' ? `own: Int @auth(or: [${ofOwn}])` : '';
    const members = [own, ...fields.map((field) => fieldText(field))].join('\n');
    return `${head} ${list} ${clausesText(clauses)} { id: Int, tag: Int, level: Int ${members} }`;
  });
  const all = [...world.types.flatMap(({ fields }) => fields), ...world.query, ...world.mutation];
  const pages = all
    .filter(({ shape, name }) => shape === 'connection' && !name.startsWith('link'))
    .map((field) => {
      const name = connectionName(field);
      const guard = (part: PartName) => {
        const { or } = field.parts[part];
        return or === null ? '' : `@auth(or: [${or}])`;
      };
      const inside = `total: Int, edges: [Edge_${name}!] ${guard('edges')}, nodes: [${field.of}!] ${guard('nodes')}`;
      const edge = `type Edge_${name} { key: Int, node: ${field.of} ${guard('node')} }`;
      return world.isPlain
        ? `type ${name} { ${inside}, groups: [Group_${name}!] ${guard('groups')} } ${edge}
           type Group_${name} { tag: Int, rows: [${field.of}!] ${guard('rows')} }`
        : `type ${name} { ${inside} } ${edge}`;
    });
  const kept = [...world.types.map(({ name }) => name), ...(world.isPlain ? [] : [unionName])];
  return `
    enum Group { ${world.implications} }
    enum Policy { SAME_TAG LOW NEVER HIGH ${world.isPlain ? 'OPEN LATER SHUT' : ''} }
    directive @auth(requires: [Group!], or: [Policy!], rows: [Policy!]) repeatable on FIELD_DEFINITION | OBJECT | INTERFACE
    directive @public on FIELD_DEFINITION
    directive @implies(groups: [Group!]!) on ENUM_VALUE
    ${world.isPlain ? '' : `union ${unionName} = ${world.union.join(' | ')}`}
    type Keep { ${kept.map((name) => `a${name}: ${name}`)} }
    type Query { keep: Keep @auth ${world.query.map(rootText).join('\n')} }
    type Mutation { ${world.mutation.map(rootText).join('\n')} }
    ${typeTexts.join('\n')}
    ${pages.join('\n')}
  `;
}

/** The policies of the field `own`, which all objects have where no type has a rule. */
export const ofOwn: readonly RowPolicyName[] = ['SAME_TAG', 'LOW'];

/** The rows of a page by their tags. */
export const groupsOf = <Row extends { readonly tag: number }>(rows: readonly Row[]) =>
  [...new Set(rows.map(({ tag }) => tag))].map((tag) => ({
    tag,
    rows: rows.filter((row) => row.tag === tag),
  }));

/** Whether anyone may reach a field of Query. */
const isOpen = ({ open }: RuledWorld, { name }: RuledField): boolean => open.has(name);
