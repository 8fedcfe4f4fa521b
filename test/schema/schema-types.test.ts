import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generate } from '@graphql-codegen/cli';
import { directiveTypeDefs } from '@graphql-gatehouse/authorization';
import { plugin } from '@graphql-gatehouse/codegen/server';
import { buildSchema } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compile } from '../support/compile.ts';
import { build, repository } from '../support/process.ts';
import { sampleOf } from '../support/sample.ts';

const typeDefs = `
  ${directiveTypeDefs()}
  enum Group { ADMIN }
  enum Policy { OWNER EDITOR READER LISTENER SENDER UNUSED }
  interface Owned @auth(rows: [OWNER]) { id: ID! }
  type Note implements Owned { id: ID! text: String @auth(or: [READER]) }
  type Task implements Owned { id: ID! due: Int }
  type Parcel @auth(rows: [SENDER]) { id: ID! }
  type Query {
    note(id: ID!, deep: Boolean): Note @auth(or: [READER])
    parcels: [Parcel!]! @auth
  }
  type Mutation {
    share(id: ID!, with: ID!): Boolean @auth(or: [READER])
    publish(task: ID! @references(type: "Task", rows: [EDITOR])): Task @auth
    move(tasks: [ID!]! @references(type: "Task"), input: MoveInput!): Boolean @auth
  }
  input MoveInput { into: ID @references(type: "Parcel"), many: [MoveInput!] }
  type Subscription { noted(by: ID): Note @auth(or: [LISTENER]) }
`;

/** Tables as Prisma has them: each property of a filter is optional, and references to columns name their table. */
const files = {
  'src/client.ts': `
    export interface Note { readonly id: string; readonly ownerId: string; readonly text: string }
    export interface Task { readonly id: string; readonly ownerId: string; readonly due: number }
    interface Filter<Name, Where> {
      AND?: Where | Where[];
      id?: string | { in: string[] } | { readonly modelName: Name };
      ownerId?: string;
    }
    export interface NoteWhere extends Filter<'Note', NoteWhere> { text?: string }
    export interface TaskWhere extends Filter<'Task', TaskWhere> { due?: number }
    interface Model<Row, Where> {
      findMany(args?: { where?: Where }): Promise<Row[]>;
      count(args?: { where?: Where }): Promise<number>;
    }
    export interface Client { readonly note: Model<Note, NoteWhere>; readonly task: Model<Task, TaskWhere> }`,
  'src/parcel.ts': `
    export interface ParcelRow { readonly id: string; readonly sender: string }
    export type ParcelFilter = (row: ParcelRow) => boolean;`,
  'src/context.ts': `
    import type { GatehouseContext } from 'graphql-gatehouse';
    import type { Client } from './client.ts';
    import type { SchemaTypes } from './types.ts';
    export type Context = GatehouseContext<Client, object, SchemaTypes>;
    export type UntypedContext = GatehouseContext<Client>;`,
};

let folder = '';
beforeAll(async () => {
  build();
  folder = await mkdtemp(join(tmpdir(), 'gatehouse-types-'));
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await mkdir(join(folder, 'src'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await generate({
    silent: true,
    schema: typeDefs,
    generates: {
      [join(folder, 'src/types.ts')]: {
        plugins: ['typescript', 'typescript-resolvers', '@graphql-gatehouse/codegen/server'],
        config: {
          contextType: './context.ts#Context',
          useTypeImports: true,
          enumsAsTypes: true,
          defaultMapper: 'Partial<{T}>',
          mappers: {
            Note: './client.ts#Note as NoteRow',
            Task: './client.ts#Task as TaskRow',
            Parcel: './parcel.ts#ParcelRow',
          },
          filters: { Parcel: './parcel.ts#ParcelFilter' },
          scalars: { ID: 'string' },
          emitLegacyCommonJSImports: false,
          importExtension: '.ts',
        },
      },
    },
  });
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const imports = `
  import { defineConfig, defineDomain, definePolicy, type Domain, type Found, type Policy } from 'graphql-gatehouse';
  import type { Client, Note, NoteWhere, Task, TaskWhere } from './client.ts';
  import type { Context, UntypedContext } from './context.ts';
  import type { ParcelFilter, ParcelRow } from './parcel.ts';
  import type { Resolvers } from './types.ts';
  type Policies = NonNullable<Domain<Context>['policies']>;
  type Types = NonNullable<Domain<Context>['types']>;
  type Info = Parameters<Context['page']>[0];
  declare const context: Context;
  declare const untyped: UntypedContext;
  declare const info: Info;
`;

/** A domain in which everything has its right type. */
const right = `
  const isReader: Policy<Context, 'READER'> = async (viewer, note, { id, deep, with: other }, { db }) => {
    if (note !== undefined) return note.text === '' || note.ownerId === other;
    if (id === undefined || deep === true || viewer.kind !== 'user') return false;
    return (await db.note.count({ where: { id, ownerId: viewer.userId } })) > 0;
  };
  const isOwner = definePolicy({
    reads: ['ownerId'],
    admits: (viewer, { ownerId }) => viewer.kind === 'user' && viewer.userId === ownerId,
    where: (viewer) => ({ ownerId: viewer.kind === 'user' ? viewer.userId : '' }),
  });
  const isEditor = definePolicy({
    reads: ['due'],
    admits: (_viewer, { due }: Pick<Task, 'due'>, { db }: Context) => due > 1 && db !== undefined,
    where: (): TaskWhere => ({ due: 1 }),
  });
  const resolvers: Resolvers = {
    Query: {
      note: (_query, { id }, { find }) => find('Note', id),
      parcels: (_query, _args, { rows }, at) => [{ id: '1', sender: '2' }].filter(rows(at, 'Parcel') ?? (() => true)),
    },
    Mutation: { publish: (_mutation, { task }, { find }) => find('Task', task) },
  };
  const domain = defineDomain<Context>({
    name: 'notes',
    typeDefs: '',
    resolvers,
    policies: {
      READER: isReader,
      OWNER: isOwner,
      EDITOR: isEditor,
      LISTENER: (_viewer, source, { by }) => source === undefined && by !== null,
      SENDER: definePolicy({
        reads: ['sender'],
        admits: (_viewer, { sender }) => sender === '',
        where: (): ParcelFilter => (parcel) => parcel.sender === '',
      }),
      UNUSED: () => true,
    },
    types: {
      Note: { byIds: (ids, { db, where }) => db.note.findMany({ where: { AND: [{ id: { in: ids } }, where ?? {}] } }), idOf: ({ id }) => id },
    },
  });
  export const config = defineConfig({ domains: [domain] });
  export const note: Promise<Note | null> = context.find('Note', '1');
  export const owned: Promise<Note | Task | null> = context.find('Owned', '1');
  export const where: NoteWhere | undefined = context.filterOf('Note');
  export const ofRows: TaskWhere | undefined = context.rows(info, 'Task');
  export const parcels: ParcelFilter | undefined = context.filterOf('Parcel');
  export const due: Promise<number> = context.change(
    { action: 'task.published' },
    async (_tx, { task }: Found<Context, 'Mutation.publish'>) => task.due,
  );
  export const moved: Promise<string | undefined> = context.change(
    { action: 'task.moved' },
    async (_tx, { tasks, 'input.into': into }: Found<Context, 'Mutation.move'>) => tasks[0]?.id ?? into?.sender,
  );
  export const inferred = context.db.note.findMany({ where: context.rows(info) ?? {} });
`;

/** Each is one mistake. */
const mistakes = {
  'an argument that is misspelt':
    'export const a: Policies = { READER: (_viewer, _source, args) => args.withh !== undefined };',
  'an argument of no field, of a policy that fields without arguments ask too':
    "export const b: Policy<Context, 'READER'> = (_viewer, _source, { task }) => task === '';",
  'an argument that only some fields have, as if all had it':
    'export const c: Policies = { READER: (_viewer, _source, { id }) => id.length > 0 };',
  'a property of the source that its row does not have':
    'export const d: Policies = { READER: (_viewer, source) => source?.due === 1 };',
  'a source that may be none':
    "export const e: Policies = { READER: (_viewer, { text }) => text === '' };",
  'a source at a subscription':
    "export const f: Policies = { LISTENER: (_viewer, source) => source.id === '' };",
  'a filter of another table':
    'export const g: Policies = { EDITOR: definePolicy({ reads: [], admits: () => true, where: (): NoteWhere => ({}) }) };',
  'a column of another table':
    "export const h: Policies = { EDITOR: { reads: [], admits: () => true, where: () => ({ ownerId: '', text: '' }) } };",
  'a column of no table':
    "export const i: Policies = { EDITOR: definePolicy({ reads: [], admits: () => true, where: () => ({ ownr: '' }) }) };",
  'a column that one of two types does not have':
    'export const j: Policies = { OWNER: definePolicy({ reads: [], admits: () => true, where: () => ({ due: 1 }) }) };',
  'a value of another type in a filter':
    'export const k: Policies = { EDITOR: definePolicy({ reads: [], admits: () => true, where: () => ({ ownerId: 1 }) }) };',
  'a filter that a setting says otherwise':
    'export const l: Policies = { SENDER: definePolicy({ reads: [], admits: () => true, where: () => ({}) }) };',
  'a property that the row does not have, to read':
    'export const m: Policies = { EDITOR: definePolicy({ reads: ["text"], admits: () => true, where: () => ({}) }) };',
  'a property that one of two rows does not have, to read':
    'export const n: Policies = { OWNER: definePolicy({ reads: ["due"], admits: () => true, where: () => ({}) }) };',
  'a row of another table':
    "export const o: Policies = { EDITOR: definePolicy({ reads: ['id'], admits: (_viewer, { id }: { id: number }) => id > 0, where: () => ({}) }) };",
  'properties of a row that `reads` need not name':
    'export const dd: Policies = { EDITOR: { reads: [], admits: (_viewer, task) => task.due === 1, where: () => ({}) } };',
  'the name of a policy, without types of the schema':
    "export const ee: Policy<UntypedContext, 'OWNER'> | undefined = undefined;",
  'a predicate where rows are decided about': 'export const p: Policies = { OWNER: () => true };',
  'the name of no policy': 'export const q: Policies = { OWNR: () => true };',
  'the name of no policy, of a function':
    "export const r: Policy<Context, 'OWNR'> | undefined = undefined;",
  'the name of no type, to find': "export const s = context.find('Notes', '1');",
  'a root type, to find': "export const t = context.find('Query', '1');",
  'a row of another type, found':
    "export const u: Promise<Task | null> = context.find('Note', '1');",
  'a property that the found row does not have':
    "export const v = context.find('Note', '1').then((row) => row?.due);",
  'a row that no argument names':
    "export const gg = (found: Found<Context, 'Mutation.publish'>) => found.note;",
  'a row of an argument that may be left out':
    "export const hh = (found: Found<Context, 'Mutation.move'>) => found['input.into'].id;",
  'a mutation whose arguments name no rows':
    "export const ii = (found: Found<Context, 'Mutation.share'>) => found;",
  'the name of no type, for a filter': "export const w = context.filterOf('Notes');",
  'a filter of another type':
    "export const x = context.db.task.count({ where: context.filterOf('Note') ?? {} });",
  'the name of no type, for the filter of a field': "export const y = context.rows(info, 'Notes');",
  'a filter of another type, of a field':
    "export const z: TaskWhere | undefined = context.rows(info, 'Note');",
  'rows of another table, by their ids':
    'export const aa: Types = { Note: { byIds: (_ids, { db }) => db.task.findMany() } };',
  'a filter of another table, by ids':
    'export const bb: Types = { Note: { byIds: (_ids, { db, where }) => db.note.findMany().then((all) => (db.task.count({ where: where ?? {} }), all)) } };',
  'a property that the row does not have, as its id':
    'export const ff: Types = { Note: { byIds: async () => [], idOf: (row) => row.due } };',
  'the name of no type, to read by ids':
    'export const cc: Types = { Notes: { byIds: async () => [] } };',
};

/** What a project without generated types writes. */
const withoutTypes = `
  export const domain = defineDomain<UntypedContext>({
    name: 'notes',
    typeDefs: '',
    policies: {
      READER: (viewer, source: { readonly text: string }, args) => viewer.kind === 'user' && source.text === args.any,
      OWNER: definePolicy({ reads: ['ownerId'], admits: (_viewer, { ownerId }) => ownerId === '', where: (): NoteWhere => ({}) }),
    },
    types: { Note: { byIds: (ids, { db, where }) => db.note.findMany({ where: { AND: [{ id: { in: ids } }, where ?? {}] } }) } },
  });
  export const config = defineConfig({ domains: [domain] });
  export const isAny: Policy<UntypedContext> = (_viewer, _source, args, { db }) => args.any === db;
  export const note: Promise<Note | null> = untyped.find<Note>('Note', '1');
  export const row = untyped.find('Any', 1).then((found) => found?.any);
  export const where = untyped.filterOf<NoteWhere>('Note')?.text;
  export const ofRows = untyped.rows<NoteWhere>(info, 'Note')?.text;
  export const inferred = untyped.db.note.findMany({ where: untyped.rows(info) ?? {} });
`;

/** Compiles one module beside the generated ones, strictly. */
async function complaintsAbout(text: string, options: object): Promise<string> {
  await writeFile(join(folder, 'src/project.ts'), text);
  const compilerOptions = {
    ...options,
    lib: ['es2023'],
    types: [],
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    verbatimModuleSyntax: true,
    paths: { 'graphql-gatehouse': [join(repository, 'dist/index.d.ts')] },
  };
  const file = 'tsconfig.json';
  await writeFile(join(folder, file), JSON.stringify({ compilerOptions, include: ['src'] }));
  return compile(folder, ['--project', file]);
}

/** Lines that are mistakes: a compiler that accepts one complains about its comment. */
const refused = (lines: Readonly<Record<string, string>>): string =>
  Object.entries(lines)
    .map(([mistake, line]) => `// @ts-expect-error ${mistake}\n${line}`)
    .join('\n');

const compilerOptions = [
  { module: 'nodenext', exactOptionalPropertyTypes: true },
  { module: 'nodenext', exactOptionalPropertyTypes: false },
  { module: 'esnext', moduleResolution: 'bundler', exactOptionalPropertyTypes: true },
];

describe.each(sampleOf(compilerOptions))('the types of a schema, with %o', (options) => {
  const complaints = (text: string) => complaintsAbout(imports + text, options);

  it('let a project compile that names everything as its schema does', async () => {
    expect(await complaints(right)).toBe('');
  });

  it('refuse each mistake where it is made', async () => {
    expect(await complaints(refused(mistakes))).toBe('');
  });

  it('let a project compile that does not generate them', async () => {
    expect(await complaints(withoutTypes)).toBe('');
  });
});

it('refuses mistakes in the demo, whose client Prisma generates', async () => {
  const demo = join(repository, 'examples/rooms/src');
  const right = `
    import { definePolicy, type Domain } from 'graphql-gatehouse';
    import type { Context } from '${demo}/context.ts';
    import type { Prisma, RoomEntry } from '${demo}/generated/prisma/client.ts';
    type Policies = NonNullable<Domain<Context>['policies']>;
    declare const context: Context;
    export const found: Promise<RoomEntry | null> = context.find('RoomEntry', '1');
    export const where: Prisma.RoomEntryWhereInput | undefined = context.filterOf('RoomEntry');
  `;
  const wrong = {
    'a filter of another table':
      'export const a: Policies = { OWN_ENTRY: definePolicy({ reads: [], admits: () => true, where: (): Prisma.RoomWhereInput => ({}) }) };',
    'a column of another table':
      "export const b: Policies = { OWN_ENTRY: definePolicy({ reads: [], admits: () => true, where: () => ({ userId: '', name: '' }) }) };",
    'a property that an entry does not have':
      "export const c: Policies = { OWN_ENTRY: definePolicy({ reads: ['floor'], admits: () => true, where: () => ({}) }) };",
    'an argument that is misspelt':
      'export const d: Policies = { ROOM_MEMBER: (_viewer, _room, { ide }) => ide === undefined };',
    'a filter of another table, for a sum':
      "export const e = context.db.room.count({ where: context.filterOf('RoomEntry') ?? {} });",
  };
  const options = { module: 'nodenext', exactOptionalPropertyTypes: true };
  expect(await complaintsAbout(right + refused(wrong), options)).toBe('');
});

describe('the plugin', () => {
  const schema = buildSchema(typeDefs);

  it('prints where the schema names each policy', async () => {
    const printed = await readFile(join(folder, 'src/types.ts'), 'utf8');
    expect(printed.slice(printed.indexOf('/** What `GatehouseContext`'))).toMatchInlineSnapshot(`
      "/** What \`GatehouseContext\` types policies, \`find\`, \`filterOf\`, \`rows\` and \`Found\` by. */
      export interface SchemaTypes {
        /** The rows of types. */
        readonly rows: Pick<ResolversParentTypes, 'Note' | 'Owned' | 'Parcel' | 'Task'>;
        /** The arguments of fields. */
        readonly resolvers: Resolvers<unknown>;
        /** The models of the data client that the mappers name. */
        readonly models: {
          readonly Note: 'note';
          readonly Task: 'task';
        };
        /** Other filters. */
        readonly filters: {
          readonly Parcel: ParcelFilter;
        };
        /** Where the schema names each policy. */
        readonly policies: {
          readonly EDITOR: { readonly fields: never; readonly rows: 'Task' };
          readonly LISTENER: { readonly fields: 'Subscription.noted'; readonly rows: never };
          readonly OWNER: { readonly fields: never; readonly rows: 'Note' | 'Task' };
          readonly READER: { readonly fields: 'Mutation.share' | 'Note.text' | 'Query.note'; readonly rows: never };
          readonly SENDER: { readonly fields: never; readonly rows: 'Parcel' };
          readonly UNUSED: { readonly fields: never; readonly rows: never };
        };
        /** The rows that ids in the arguments of mutations name. */
        readonly found: {
          readonly 'Mutation.move': { readonly 'input.into'?: ResolversParentTypes['Parcel']; readonly 'tasks': readonly ResolversParentTypes['Task'][] };
          readonly 'Mutation.publish': { readonly 'task': ResolversParentTypes['Task'] };
        };
      }"
    `);
  });

  it('uses the names that the settings of the resolvers give', () => {
    const { content } = Object(
      plugin(schema, [], { typesPrefix: 'T', typesSuffix: 'S', allResolversTypeName: 'All' }),
    );
    expect(content).toContain('export interface TSchemaTypesS {');
    expect(content).toContain('Pick<TResolversParentTypesS, ');
    expect(content).toContain('TAllS<unknown>');
  });

  it.each([
    { Parcels: './parcel.ts#ParcelFilter' },
    { Parcel: './parcel.ts' },
    { Query: './parcel.ts#ParcelFilter' },
  ])('refuses the filters %o, which name no type', (filters) => {
    expect(() => plugin(schema, [], { filters })).toThrow(/^filters: \{ \w+: /);
  });
});
