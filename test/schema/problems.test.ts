import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import config from '../../packages/create-graphql-gatehouse/template/gatehouse.config.ts';
import { composeForReports } from '../../src/gatehouse/schema-report.ts';
import type { Domain } from '../../src/schema/domain.ts';
import type { GatehouseConfig } from '../../src/schema/project.ts';
import { CompositionError } from '../../src/schema/sdl/composition-error.ts';

const directory = fileURLToPath(
  new URL('../../packages/create-graphql-gatehouse/template', import.meta.url),
);

/** What composing the invoice project finds. */
function problemsOf(changed: GatehouseConfig): readonly string[] {
  try {
    composeForReports({ directory, config: changed });
    return [];
  } catch (error) {
    if (!(error instanceof CompositionError)) throw error;
    return error.problems.map(withoutOwnLines);
  }
}

/** Removes the lines of Gatehouse's own SDL. */
const withoutOwnLines = (problem: string): string =>
  problem.replaceAll(/((?:schema|users)\/\w+\.graphql):\d+/g, '$1');

const withDomain = (...more: readonly Domain[]): GatehouseConfig => ({
  ...config,
  domains: [...(config.domains ?? []), ...more],
});

describe('composing a project', () => {
  it('finds nothing wrong with the project of the documentation', () => {
    expect(problemsOf(config)).toEqual([]);
  });

  it('lists every mistake at once, by coordinate and by file or domain', () => {
    const credit: Domain = {
      name: 'credit',
      typeDefs: 'extend type Query { credits: Int! }\n',
      resolvers: { Query: { credit: () => 1 }, Credit: { id: () => 1 } },
      policies: { CREDITOR: () => true },
      costs: { 'Query.invoce': 1, 'Query.invoice': 1 },
    };
    const guards = { 'Query.user': ['ADMIN', 'AUDITR'], 'Query.usres': ['ADMIN'] };
    expect(problemsOf({ ...withDomain(credit), guards })).toEqual([
      'Query.usres: guards: Gatehouse has no such field (did you mean Query.users?)',
      'Query.user: guards: AUDITR is not in the enum Group (did you mean AUDITOR?)',
      'Query.invoce: costs of the domain credit: there is no such field (did you mean Query.invoice?)',
      'CREDITOR: policies of the domain credit: it is not in the enum Policy',
      'Query.credit: resolvers of the domain credit: there is no such field',
      'Credit: resolvers of the domain credit: there is no such type',
      'Query.credits: no domain resolves this root field (SDL of the domain credit:1)',
      'Query.credits: a root field must have @auth or @public (SDL of the domain credit:1)',
    ]);
  });

  it('lists the constraints whose argument no mutation takes', () => {
    const badge: Domain = {
      name: 'badge',
      typeDefs: `
        extend type Mutation { addBadge(input: BadgeInput!): Boolean @auth }
        input BadgeInput { number: String! parent: BadgeInput }`,
      resolvers: { Mutation: { addBadge: () => true } },
      constraints: {
        badges_number_key: ['BadgeInput.number', 'Mutation.addBadge(input:)', 'BadgeInput.nubmer'],
        badges_code_key: 'Query.me(code:)',
      },
    };
    const where = 'constraints of the domain badge: no mutation has the argument or input field';
    expect(problemsOf(withDomain(badge))).toEqual([
      `badges_number_key: ${where} BadgeInput.nubmer (did you mean BadgeInput.number?)`,
      `badges_code_key: ${where} Query.me(code:)`,
    ]);
  });

  it("lists mistakes in what Gatehouse's own groups imply", () => {
    const implies = { ADMIN: ['ACCOUNTNT'], AUDITR: ['STAFF'], STAFF: ['AUDITOR'] };
    expect(problemsOf({ ...config, implies })).toEqual([
      "implies: AUDITR is not one of Gatehouse's own groups (did you mean AUDITOR?)",
      "implies: STAFF is not one of Gatehouse's own groups: use @implies where it is declared",
      'implies: ADMIN: ACCOUNTNT is not in the enum Group (did you mean ACCOUNTANT?)',
    ]);
    const nothing = '@implies must name a group (schema/base.graphql)';
    expect(problemsOf({ ...config, implies: { ADMIN: [] } })).toEqual([`Group.ADMIN: ${nothing}`]);
  });

  it("refuses a circle through Gatehouse's own groups", () => {
    const boss: Domain = {
      name: 'boss',
      typeDefs: 'extend enum Group {\n  BOSS @implies(groups: [ADMIN])\n}',
    };
    expect(problemsOf({ ...withDomain(boss), implies: { ADMIN: ['BOSS'] } })).toEqual([
      'Group.ADMIN: it implies itself: ADMIN > BOSS > ADMIN (schema/base.graphql)',
      'Group.BOSS: it implies itself: BOSS > ADMIN > BOSS (SDL of the domain boss:2)',
    ]);
  });

  it('refuses error codes of another form, of Gatehouse itself and of two domains, and statuses of guards', () => {
    const typeDefs: string[] = [];
    const errors = { full: 409, NOT_FOUND: 404, ROOM_FULL: 200, ROOM_SHUT: 403, ROOM_GONE: 410 };
    const twin: Domain = { name: 'twin', typeDefs, errors: { ROOM_GONE: 410 } };
    const status = 'the status must be from 400 to 599, but not 401 or 403';
    expect(problemsOf(withDomain({ name: 'booking', typeDefs, errors }, twin))).toEqual([
      'errors: ROOM_GONE: more than one domain has it (booking, twin)',
      'full: errors of the domain booking: a code must be in upper case, such as ROOM_FULL',
      'NOT_FOUND: errors of the domain booking: Gatehouse already uses this code',
      `ROOM_FULL: errors of the domain booking: ${status}`,
      `ROOM_SHUT: errors of the domain booking: ${status}`,
    ]);
  });

  it('refuses groups and topics that the database cannot store', () => {
    const read = async () => [];
    const events = { a: { table: 'roomEntries', read }, b: { table: 't'.repeat(131), read } };
    const group = 'G'.repeat(129);
    const typeDefs = `extend enum Group { ${group} }
      extend type Subscription { a: Int @public b: Int @public c: Int @public }`;
    const sound = { c: { table: 'app.room_entries', read } };
    const domain = { name: 'long', typeDefs, events: { ...events, ...sound } };
    const form =
      'a table has at most 130 characters of a to z, 0 to 9, `_` and `.`: name it in lower case';
    expect(problemsOf(withDomain(domain))).toEqual([
      `a: events of the domain long: ${form}`,
      `b: events of the domain long: ${form}`,
      `Group.${group}: the name of a group has at most 128 characters`,
    ]);
  });

  it('lists mistakes of guards, of the configuration and of duplicate types in one error', () => {
    const twin: Domain = {
      name: 'twin',
      typeDefs: `type Invoice { id: ID! hue: Hue @auth(requires: []) }
        enum Hue { RED RED }
        extend enum Policy { HUE }
        type Query { hue: Hue @auth }
      `,
      resolvers: { Query: { hue: () => 'RED' }, Invoice: { hue: () => 'RED' } },
    };
    const changed = {
      ...withDomain(twin),
      newUserGroups: ['STAF'],
      guards: { 'Query.usres': ['ADMIN'] },
    };
    const [sdl, files] = ['SDL of the domain twin', 'schema/base.graphql'];
    expect(problemsOf(changed)).toEqual([
      `Invoice: it is declared more than once (src/invoice/invoice.graphql:20, ${sdl}:1)`,
      `Hue.RED: it is declared more than once (${sdl}:2)`,
      `Query: Gatehouse declares it too: write \`extend type Query\`, or choose another name (${files}, ${sdl}:4)`,
      'Query.usres: guards: Gatehouse has no such field (did you mean Query.users?)',
      'newUserGroups: STAF is not in the enum Group (did you mean STAFF?)',
      `HUE: the policy has no predicate (${sdl}:3)`,
      `Invoice.hue: @auth(requires: []) denies everyone (${sdl}:1)`,
    ]);
  });

  it('suggests the names that were probably meant in `@auth`', () => {
    const typeDefs = `extend type Query {
      a: Int @auth(requires: [ACCOUNTNT])
      b: Int @auth(or: [INVOICE_CUSTOMR])
    }`;
    const resolvers = { Query: { a: () => 1, b: () => 2 } };
    expect(problemsOf(withDomain({ name: 'typo', typeDefs, resolvers }))).toEqual([
      expect.stringMatching(/^Query\.a: .*\bACCOUNTANT\b.* \(SDL of the domain typo:2\)$/),
      expect.stringMatching(/^Query\.b: .*\bINVOICE_CUSTOMER\b.* \(SDL of the domain typo:3\)$/),
    ]);
  });

  it('lists every file that is missing or has a syntax error, and no mistake that follows from it', () => {
    const lost: Domain = { name: 'lost', typeDefs: ['src/lost.graphql', 'type Lost {\n'] };
    const found = problemsOf({ ...withDomain(lost, lost), newUserGroups: ['LOST'] });
    expect(found).toEqual([
      `${directory}/src/lost.graphql: no such file`,
      expect.stringMatching(/^SDL of the domain lost:2:1: /),
      `${directory}/src/lost.graphql: no such file`,
      expect.stringMatching(/^SDL of the domain lost:2:1: /),
    ]);
  });

  it('lists what graphql-js refuses, such as types that there are not, beside other mistakes', () => {
    const typeDefs = 'extend type Query { one: One @public two: Two @public }\n';
    expect(
      problemsOf({ ...withDomain({ name: 'one', typeDefs }), newUserGroups: ['ONE'] }),
    ).toEqual([
      'newUserGroups: ONE is not in the enum Group',
      expect.stringContaining('One'),
      expect.stringContaining('Two'),
    ]);
  });

  it('names both files of a type that is defined twice', () => {
    const twin: Domain = { name: 'twin', typeDefs: 'type Invoice { id: ID! }\n' };
    expect(problemsOf(withDomain(twin))).toEqual([
      'Invoice: it is declared more than once (src/invoice/invoice.graphql:20, SDL of the domain twin:1)',
    ]);
  });

  it.each([
    {
      declared: 'enum Group { ADMIN STAFF }',
      problem:
        'Group: Gatehouse declares it too: write `extend enum Group`, or choose another name',
      file: 'schema/base.graphql',
    },
    {
      declared: 'extend enum Group { ADMIN }',
      problem: 'Group.ADMIN: Gatehouse declares it too: choose another name',
      file: 'schema/base.graphql',
    },
    {
      declared: 'type User { id: ID! }',
      problem: 'User: Gatehouse declares it too: write `extend type User`, or choose another name',
      file: 'users/user.graphql',
    },
    {
      declared: 'extend type User { email: Int @auth }',
      problem: 'User.email: Gatehouse declares it too: choose another name',
      file: 'users/user.graphql',
    },
    {
      declared: 'input CreateUserInput { email: String }',
      problem:
        'CreateUserInput: Gatehouse declares it too: write `extend input CreateUserInput`, or choose another name',
      file: 'users/user.graphql',
    },
    {
      declared: 'scalar DateTime',
      problem: 'DateTime: Gatehouse declares it too: remove it here',
      file: 'schema/base.graphql',
    },
    {
      declared: 'directive @public on FIELD_DEFINITION',
      problem: '@public: Gatehouse declares it too: remove it here',
      file: 'schema/base.graphql',
    },
  ])('says that Gatehouse declares it too, and where: $declared', ({ declared, problem, file }) => {
    const [ofAlone, ofTwins] = [1, 2].map((count) =>
      problemsOf(
        withDomain(
          ...Array.from({ length: count }, (_, index) => ({
            name: `twin${index}`,
            typeDefs: `${declared}\n\n`,
          })),
        ),
      ),
    );
    expect(ofAlone).toEqual([`${problem} (${file}, SDL of the domain twin0:1)`]);
    expect(ofTwins).toEqual([
      `${problem} (${file}, SDL of the domain twin0:1, SDL of the domain twin1:1)`,
    ]);
  });

  it.each([
    'enum Hue { RED } extend enum Hue { RED }',
    'extend type Invoice { hue: Int } extend type Invoice { hue: Int }',
    'interface Hue { a: Int } extend interface Hue { a: Int }',
    'input Hue { a: Int } extend input Hue { a: Int }',
    'directive @hue on FIELD directive @hue on FIELD',
    'union Hue = Invoice union Hue = Invoice',
    'scalar Hue scalar Hue',
  ])('names the file of what is declared twice in it: %s', (typeDefs) => {
    const found = problemsOf(withDomain({ name: 'twin', typeDefs: `${typeDefs}\n\n` }));
    expect(found).toEqual([
      expect.stringMatching(/: it is declared more than once \(SDL of the domain twin:1\)$/),
    ]);
  });

  it('names the file and the line of a root field without a resolver', () => {
    const domains = (config.domains ?? []).map((domain) => ({ ...domain, resolvers: {} }));
    expect(problemsOf({ ...config, domains })).toEqual([
      'Query.invoice: no domain resolves this root field (src/invoice/invoice.graphql:6)',
      'Query.invoices: no domain resolves this root field (src/invoice/invoice.graphql:8)',
      'Mutation.payInvoice: no domain resolves this root field (src/invoice/invoice.graphql:12)',
    ]);
  });
});
