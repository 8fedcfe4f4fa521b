import type { Choices } from './generators.ts';
import type { Clause, PlacedType, PlacedWorld } from './within-oracle.ts';
import type { Person } from './within-world.ts';

/** An argument: a plain one, one id, several ids, or an input object with the others. */
export interface DrawnArgument {
  readonly name: string;
  readonly kind: 'plain' | 'id' | 'ids' | 'input';
  /** The type of the rows that it names. */
  readonly type: string;
  readonly clauses: readonly Clause[];
  /** Those of the input object. */
  readonly parts: readonly DrawnArgument[];
}

export interface DrawnField {
  readonly name: string;
  readonly isRequired: boolean;
  readonly clauses: readonly Clause[];
  readonly args: readonly DrawnArgument[];
}

/** A schema with groups in places, and rows. */
export interface DrawnWorld extends PlacedWorld {
  readonly fields: Readonly<Record<string, readonly DrawnField[]>>;
  readonly roots: {
    readonly Query: readonly DrawnField[];
    readonly Mutation: readonly DrawnField[];
  };
  /** The clauses of the interface `Any`, which each type has. */
  readonly ofAny: readonly Clause[];
}

const globals = ['G0', 'G1'];
const ofOrganization = ['O0', 'O1', 'O2'];
const ofProject = ['P0', 'P1'];
/** Organizations, projects and parts have the same ids: a place is more than its text. */
const shared = ['x', 'y', 'z'];
const customers = ['cleo', 'ann'];

const some = <Value>({ upTo }: Choices, values: readonly Value[], each = 2): readonly Value[] =>
  values.filter(() => upTo(each) === 0);
export const pick = <Value>({ upTo }: Choices, values: readonly Value[]): Value => {
  const found = values[upTo(values.length)];
  if (found === undefined) throw new Error('There is a value.');
  return found;
};
const count = (choices: Choices, most: number) =>
  Array.from({ length: choices.upTo(most + 1) }, (_, index) => index);

type Places = Readonly<Record<string, PlacedType['places']>>;

/** Draws which groups are held where, and what they imply there. */
function drawGroups(choices: Choices): PlacedWorld['groups'] {
  const within = (names: readonly string[], type: string) =>
    names.map(
      (name, index) =>
        [name, { within: type, implies: some(choices, names.slice(index + 1), 3) }] as const,
    );
  return Object.fromEntries([
    ...globals.map((name) => [name, { implies: [] }] as const),
    ...within(ofOrganization, 'Organization'),
    ...within(ofProject, 'Project'),
  ]);
}

/** Draws by which properties the rows of each type are in places. Parts are in none, some of the time. */
function drawPlaces(choices: Choices): Places {
  const both = { Organization: 'organizationId', Project: 'projectId' };
  const one = (all: readonly PlacedType['places'][]) => pick(choices, all);
  return {
    Organization: { Organization: 'id' },
    Project: one([{ Organization: 'organizationId', Project: 'id' }, { Project: 'id' }]),
    Thing: one([{ Organization: 'organizationId' }, both]),
    Part: one([{ Organization: 'ownerId' }, { Project: 'projectId' }, {}, both]),
  };
}

/** Draws a clause of groups that can be held in places of these types, and of global ones. */
function drawClause(
  choices: Choices,
  types: Iterable<string>,
  policy: Partial<Clause> = {},
): Clause {
  const { rarely } = choices;
  const placed = [...new Set(types)].flatMap((type) =>
    type === 'Project' ? ofProject : ofOrganization,
  );
  const groups =
    placed.length === 0
      ? [pick(choices, globals)]
      : [pick(choices, placed), ...some(choices, placed, 4)];
  const further = some(choices, globals, 5);
  return { groups: [...new Set([...groups, ...further])], ...(rarely(4) ? policy : {}) };
}

const clausesOf = (
  choices: Choices,
  types: Iterable<string>,
  most: number,
  policy?: Partial<Clause>,
) => count(choices, most).map(() => drawClause(choices, types, policy));

const placesNamedBy = (args: readonly DrawnArgument[], places: Places): readonly string[] =>
  args.flatMap(({ kind, type, parts }) =>
    kind === 'input'
      ? placesNamedBy(parts, places)
      : kind === 'plain'
        ? []
        : Object.keys(places[type] ?? {}),
  );

/** Draws arguments. `around`: the places of the parent. */
function drawArguments(
  choices: Choices,
  places: Places,
  around: readonly string[],
  mayNest = true,
): readonly DrawnArgument[] {
  const named = [0, ...count(choices, mayNest ? 1 : 2)].map((_, index): DrawnArgument => {
    const kind = pick(
      choices,
      mayNest ? (['id', 'ids', 'input'] as const) : (['id', 'ids'] as const),
    );
    const type = pick(choices, Object.keys(places));
    const own = kind === 'input' ? [] : clausesOf(choices, Object.keys(places[type] ?? {}), 1);
    const parts = kind === 'input' ? drawArguments(choices, places, around, false) : [];
    return { name: `${kind}${index}`, kind, type, parts, clauses: choices.rarely(2) ? own : [] };
  });
  if (!choices.rarely(3)) return named;
  const all = [...around, ...placesNamedBy(named, places)];
  const clauses = clausesOf(choices, all, 1);
  return [...named, { name: 'plain', kind: 'plain', type: '', parts: [], clauses }];
}

/** Draws a field of a type in these places, or of a root. */
function drawField(
  choices: Choices,
  name: string,
  places: Places,
  around?: readonly string[],
): DrawnField {
  const args =
    around === undefined || choices.rarely(2) ? drawArguments(choices, places, around ?? []) : [];
  const all = [...(around ?? []), ...placesNamedBy(args, places)];
  const clauses = clausesOf(choices, all, 2, { friend: true });
  return { name, isRequired: choices.rarely(2), args, clauses };
}

const drawRows = (choices: Choices, ids: readonly string[]) =>
  ids.map((id) => ({
    id,
    organizationId: pick(choices, [...shared, null]),
    ownerId: pick(choices, [...shared, null]),
    projectId: pick(choices, [...shared, null]),
    customer: pick(choices, [...customers, 'none']),
  }));

/** Draws a schema and its rows. */
export function drawPlacedWorld(choices: Choices): DrawnWorld {
  const places = drawPlaces(choices);
  const isAnywhereWithin = (type: string) => Object.values(places).every((each) => type in each);
  const ofAny = isAnywhereWithin('Organization') ? clausesOf(choices, ['Organization'], 1) : [];
  const ruleOf = (each: PlacedType['places']) =>
    Object.keys(each).length === 0
      ? []
      : clausesOf(choices, Object.keys(each), 2, { customer: true });
  const entries = Object.entries(places);
  return {
    groups: drawGroups(choices),
    types: Object.fromEntries(
      entries.map(([name, each]) => [name, { places: each, rule: ruleOf(each).concat(ofAny) }]),
    ),
    ofAny,
    fields: Object.fromEntries(
      entries.map(([name, each]) => [
        name,
        ['f0', 'f1', 'f2'].map((field) => drawField(choices, field, places, Object.keys(each))),
      ]),
    ),
    roots: {
      Query: ['q0', 'q1'].map((name) => drawField(choices, name, places)),
      Mutation: ['m0', 'm1', 'm2', 'm3'].map((name) => drawField(choices, name, places)),
    },
    rows: {
      Organization: drawRows(choices, shared),
      Project: drawRows(choices, shared),
      Thing: drawRows(choices, ['t0', 't1', 't2', 't3', 't4']),
      Part: drawRows(choices, shared),
    },
  };
}

/** Draws a viewer: anonymous, or with groups that are held everywhere and in places, also of the wrong kind. */
export function drawPerson(choices: Choices, { groups }: PlacedWorld): Person | undefined {
  if (choices.rarely(12)) return undefined;
  const names = Object.keys(groups);
  const each = pick(choices, [2, 4, 8]);
  return {
    groups: some(choices, names, 4),
    places: Object.fromEntries(
      some(choices, names, each).map((name) => [name, some(choices, shared)]),
    ),
    name: pick(choices, [...customers, 'bo']),
    isFriend: choices.rarely(3),
  };
}

const directives = (clauses: readonly Clause[]): string =>
  clauses
    .map(({ groups, friend, customer }) => {
      const policies = `${friend ? ', or: [FRIEND]' : ''}${customer ? ', rows: [CUSTOMER]' : ''}`;
      return ` @auth(requires: [${groups.join(', ')}]${policies})`;
    })
    .join('');

const argumentText = ({ name, kind, type, clauses }: DrawnArgument, input: string): string => {
  const types = { plain: 'Int', id: 'ID', ids: '[ID]', input };
  const names = kind === 'id' || kind === 'ids' ? ` @references(type: "${type}")` : '';
  return `${name}: ${types[kind]}${names}${directives(clauses)}`;
};

export const inputName = (parent: string, field: string, argument: string) =>
  `In_${parent}_${field}_${argument}`;

/** Prints a field. One without a clause is open to all who are logged in. */
function fieldText(parent: string, { name, isRequired, args, clauses }: DrawnField): string {
  const all = args.map((each) => argumentText(each, inputName(parent, name, each.name)));
  const list = all.length === 0 ? '' : `(${all.join(', ')})`;
  const guards = clauses.length === 0 ? ' @auth' : directives(clauses);
  return `${name}${list}: Int${isRequired ? '!' : ''}${guards}`;
}

/** Prints the schema of a world. */
export function toPlacedSdl({ groups, types, fields, roots, ofAny }: DrawnWorld): string {
  const values = Object.entries(groups).map(([name, { within, implies }]) => {
    const place = within === undefined ? '' : ` @within(type: "${within}")`;
    return `${name}${place}${implies.length === 0 ? '' : ` @implies(groups: [${implies.join(', ')}])`}`;
  });
  const objects = Object.entries(types).map(([name, { places, rule }]) => {
    const within = Object.entries(places).map(
      ([type, by]) => ` @within(type: "${type}", by: "${by}")`,
    );
    const own = rule.filter((clause) => !ofAny.includes(clause));
    const guards = rule.length === 0 ? ' @auth' : directives(own);
    const lines = (fields[name] ?? []).map((field) => fieldText(name, field));
    return `type ${name} implements Any${within.join('')}${guards} { id: ID! ${lines.join(' ')} }`;
  });
  const all = [...Object.entries(fields), ...Object.entries(roots)];
  const inputs = all.flatMap(([parent, each]) =>
    each.flatMap(({ name, args }) =>
      args
        .filter(({ kind }) => kind === 'input')
        .map((argument) => {
          const parts = argument.parts.map((part) => argumentText(part, ''));
          return `input ${inputName(parent, name, argument.name)} { ${parts.join(' ')} }`;
        }),
    ),
  );
  const lists = Object.keys(types).map((name) => `list${name}: [${name}!]! @auth`);
  return `
    enum Group { ${values.join(' ')} }
    enum Policy { CUSTOMER FRIEND }
    interface Any${directives(ofAny)} { id: ID! }
    ${objects.join('\n    ')}
    ${inputs.join('\n    ')}
    type Query { listAny: [Any!]! @auth ${lists.join(' ')} ${roots.Query.map((field) => fieldText('Query', field)).join(' ')} }
    type Mutation { ${roots.Mutation.map((field) => fieldText('Mutation', field)).join(' ')} }`;
}
