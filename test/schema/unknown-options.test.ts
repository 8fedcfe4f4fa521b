import { gatehouseConsole } from '@graphql-gatehouse/console';
import { factors } from '@graphql-gatehouse/factors';
import { mail } from '@graphql-gatehouse/mail';
import { nats } from '@graphql-gatehouse/nats';
import { redis } from '@graphql-gatehouse/redis';
import { GraphQLSchema } from 'graphql';
import {
  type Domain,
  defineCommand,
  defineConfig,
  defineDomain,
  definePolicy,
  type GatehouseConfig,
  type GatehousePackage,
} from 'graphql-gatehouse';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { composeForReports } from '../../src/gatehouse/schema-report.ts';
import { packagesOf } from '../../src/schema/packages/packages.ts';
import { misspell } from '../support/misspelt-options.ts';

const none = async () => [];
const importNotes = defineCommand({
  description: 'Imports notes.',
  arguments: {
    file: {
      type: 'string',
      description: 'The file.',
      required: true,
      default: 'a',
      variadic: true,
    },
  },
  options: {
    limit: { type: 'number', description: 'How many.', required: false, default: 1 },
    dryRun: { type: 'boolean', description: 'Changes nothing.' },
  },
  run: async () => undefined,
});

/** With every option that there is. */
const notes: Required<Domain> = {
  name: 'notes',
  typeDefs: 'type Note { id: ID }',
  resolvers: {},
  policies: {
    AUTHOR: definePolicy({
      reads: ['authorId'],
      admits: () => true,
      where: () => ({}),
    }),
    READER: () => true,
  },
  loaders: {
    note: { one: none, key: 'id' },
    notesOfUser: { many: none, key: 'authorId' },
    countOfUser: { batch: none },
  },
  types: { Note: { byIds: none, idOf: () => '', typeOf: () => '' } },
  events: {
    noteAdded: { table: 'notes', read: none, type: 'Note', filter: () => undefined },
  },
  costs: { 'Query.notes': 1 },
  errors: { NOTE_FULL: 409 },
  constraints: { notes_title_key: 'Mutation.addNote(title:)' },
  seed: async () => {},
  commands: { 'import-notes': importNotes },
};

const post: Required<GatehousePackage> = {
  name: 'post',
  options: { given: {}, known: {} },
  settings: { POST_URL: { schema: z.string(), meaning: 'A URL.', shows: 'value' } },
  checkSettings: () => [],
  migrations: { directory: 'migrations', version: '1.0.0', nodeRights: { posts: ['INSERT'] } },
  open: async () => ({}),
  domains: () => [],
  pages: [{ path: '/post', folder: 'dist', operations: 'operations.json' }],
  routes: {
    letters: {
      method: 'POST',
      path: '/letters',
      takes: 'bearer',
      maxBodyBytes: 10,
      contentTypes: ['text/plain'],
      run: async () => new Response(),
    },
  },
  accepts: {},
  factorKinds: [
    {
      name: 'LETTER',
      description: 'A letter.',
      proves: 'possession',
      verifiesUser: true,
      amr: [],
      worksOnce: true,
    },
  ],
  factors: async () => {
    throw new Error('It is not called.');
  },
  groupFactors: {},
  proofFacts: {},
  matrixNotes: [],
  notify: async () => {},
  renameGroup: async () => {},
  commands: { 'send-post': { ...importNotes, run: async () => undefined } },
  schemaCommands: {
    'post check': { ...importNotes, run: async () => ({ lines: [], problems: [] }) },
  },
  check: {
    run: async () => ({ lines: [], problems: [] }),
    describe: async () => ({ heading: 'Post', lines: [] }),
  },
  gate: async () => undefined,
  observe: async () => ({ close: async () => {} }),
  onDelivered: async () => {},
  logs: {
    posts: {
      table: 'posts',
      row: 'post',
      type: 'Post',
      columns: {},
      pageSize: 1,
      daysKept: () => 1,
    },
  },
  verdicts: () => ({
    find: () => ({ operations: [], problems: [] }),
    // biome-ignore lint/correctness/useYield: it decides nothing
    *decide() {
      return { registry: { columns: [], files: [] }, problems: [] };
    },
  }),
  background: { 'send post': { intervalSeconds: 1, run: async () => {} } },
  doctor: none,
  checkTables: none,
  eventCarrier: async () => undefined,
  loginAttempts: async () => undefined,
};

const whole: Required<GatehouseConfig> = {
  domains: [notes],
  packages: [post],
  schema: new GraphQLSchema({}),
  database: () => {
    throw new Error('It is not called.');
  },
  combineFilters: { any: () => ({}), all: () => ({}) },
  newUserGroups: [],
  guards: {
    'Query.users': ['ADMIN'],
    'Query.user': { requires: ['ADMIN'], maxAge: 60, factors: 2 },
  },
  requireMaxAge: [],
  accepts: {},
  groupSets: [],
  implies: {},
};

/** What a project chooses the names of. */
const free = [
  ...[
    'policies',
    'loaders',
    'types',
    'events',
    'commands',
    'schemaCommands',
    'arguments',
    'options',
    'nodeRights',
    'logs',
    'routes',
  ],
  ...['settings', 'background', 'guards', 'costs', 'errors', 'constraints', 'accepts'],
];

/** Calls a function as JavaScript does. */
const call = (caller: unknown, given: object): unknown =>
  typeof caller === 'function' ? Reflect.apply(caller, undefined, [given]) : undefined;

const read = (config: object): unknown => call(packagesOf, config);

const messageOf = (run: () => unknown): string => {
  try {
    run();
    return '';
  } catch (error) {
    return String(error);
  }
};

describe('a key of the configuration', () => {
  it('may be any of those that there are', () => {
    expect(read(whole)).toEqual([post]);
    expect(read({ domains: undefined, guards: undefined })).toEqual([]);
  });

  it('is refused when it is misspelt, at every depth, with the name that was meant', () => {
    const cases = misspell(whole, free);
    expect(cases.length).toBeGreaterThan(70);
    for (const { options, name, meant } of cases) {
      const message = messageOf(() => read(options));
      expect(message, name).toContain(`${name}\` is not an option (did you mean ${meant}?)`);
    }
  });

  it.each([
    { config: { requireMaxage: ['Mutation.pay'] }, meant: 'requireMaxAge' },
    { config: { gaurds: { 'Query.users': ['ADMIN'] } }, meant: 'guards' },
    { config: { packges: [] }, meant: 'packages' },
    { config: { guards: { 'Query.users': { requires: [], maxage: 60 } } }, meant: 'maxAge' },
    { config: { requiremaxAge: undefined }, meant: 'requireMaxAge' },
    { config: Object.create({ gaurds: {} }), meant: 'guards' },
  ])('is refused when it would be a rule without effect: $config', ({ config, meant }) => {
    expect(messageOf(() => read(config))).toContain(`(did you mean ${meant}?)`);
  });

  it('is refused beside those of one kind of loaders', () => {
    const loaders = { both: { one: none, many: none }, keyed: { batch: none, key: 'id' } };
    const message = messageOf(() => read({ domains: [{ ...notes, loaders }] }));
    expect(message).toContain('`domains[notes].loaders.both.many` is not an option');
    expect(message).toContain('`domains[notes].loaders.keyed.key` is not an option');
  });

  it('that would read as a filter of a loader is refused, with what filters', () => {
    const loaders = { notes: { many: none, key: 'authorId', type: 'Note', where: {} } };
    const message = messageOf(() => read({ domains: [{ ...notes, loaders }] }));
    for (const name of ['type', 'where']) {
      expect(message).toContain(
        `\`domains[notes].loaders.notes.${name}\` is not an option: a loader reads for several ` +
          'viewers at once, so it has no filter: use `context.list`',
      );
    }
  });

  it('is listed with all others, and with other mistakes that show without the schema', () => {
    const wrong = {
      gaurds: {},
      domains: [null, { ...notes, evnts: {} }],
      packages: [{ name: 'Post', comands: {} }],
      combineFilters: null,
    };
    expect(messageOf(() => read(wrong)).split('\n')).toEqual([
      "ProjectConfigError: The project's configuration cannot be used:",
      '  `domains[0]` must be an object',
      '  `domains[notes].evnts` is not an option (did you mean events?)',
      '  `packages[Post].comands` is not an option (did you mean commands?)',
      '  `combineFilters` must be an object',
      '  `gaurds` is not an option (did you mean guards?)',
      expect.stringContaining('  Post: a name has'),
    ]);
  });

  it('stops the composition of the schema, as `check`, `doctor` and `start` do it', () => {
    const config: GatehouseConfig = Object.assign(defineConfig({}), { gaurds: {} });
    expect(() => composeForReports({ directory: '.', config })).toThrow('did you mean guards?');
  });
});

describe('an option of a package', () => {
  it.each([
    { make: factors, options: { groups: { ADMIN: 2 }, graceDays: 1 } },
    { make: mail, options: { signUp: true, signUpGroups: [], texts: {} } },
    { make: gatehouseConsole, options: { name: 'Acme wards' } },
  ])('is refused when it is misspelt: $make.name', ({ make, options }) => {
    expect(read({ packages: [call(make, options)] })).toHaveLength(1);
    const cases = misspell(options, ['groups', 'texts']);
    expect(cases).toHaveLength(Object.keys(options).length);
    for (const { options: misspelt, name, meant } of cases) {
      const message = messageOf(() => read({ packages: [call(make, misspelt)] }));
      expect(message).toContain(`\`${name}\` is not an option (did you mean ${meant}?)`);
    }
  });

  it.each([nats, redis])('is refused where a package has no options: $name', (make) => {
    expect(read({ packages: [make()] })).toHaveLength(1);
    const given = call(make, { url: 'redis://localhost' });
    expect(messageOf(() => read({ packages: [given] }))).toContain('`url` is not an option');
  });

  it('is refused in the text of a mail', () => {
    const reset = { subject: 'a', body: '{link}\n\n{accounts}', button: 'b', footer: 'c' };
    expect(() => mail({ texts: { en: { reset } } })).toThrow(
      'mail: texts.en.reset: footer is not one of subject, body, button',
    );
  });
});

describe('a domain of a package', () => {
  it('is checked as that of a project', () => {
    const domain = Object.assign(defineDomain({ name: 'post', typeDefs: [] }), { polices: {} });
    const config = { packages: [{ name: 'post', domains: () => [domain] }] };
    expect(() => composeForReports({ directory: '.', config })).toThrow(
      '`packages[post].domains[post].polices` is not an option (did you mean policies?)',
    );
  });
});
