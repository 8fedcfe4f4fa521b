import type {
  AccountNotice,
  Domain,
  GatehouseContext,
  GatehousePackage,
  PackageRuntime,
} from '../../src/index.ts';

type Runtime = PackageRuntime<Readonly<Record<string, unknown>>>;
type Context = GatehouseContext<unknown, Readonly<Record<string, never>>>;

/** A package that uses accounts through the public door. It has no tables. */
export function accountsPackage() {
  const notices: AccountNotice[] = [];
  /** Called in `Mutation.writes`, after its guard; and in `Mutation.makes`, in its transaction. */
  const hooks: Hooks = { beforeWrite: async () => {}, beforeAccount: async () => {} };
  let runtime: () => Runtime = () => {
    throw new Error('The schema was not composed.');
  };

  const accounts: GatehousePackage = {
    name: 'accounts',
    domains(runtimeOf) {
      runtime = runtimeOf;
      return [createDomain(runtimeOf, hooks)];
    },
    async notify(_sql, notice) {
      notices.push(notice);
    },
  };
  return { accounts, notices, hooks, runtime: () => runtime() };
}

interface Hooks {
  beforeWrite(): Promise<void>;
  beforeAccount(): Promise<void>;
}

const createDomain = (runtimeOf: () => Runtime, hooks: Hooks): Domain<Context> => ({
  name: 'accounts',
  typeDefs: `extend type Mutation {
          "Makes an account." makes(username: String!): String! @public
          "Writes." writes: Boolean! @auth(requires: [MANAGER])
        }`,
  resolvers: {
    Mutation: {
      makes: (_mutation: unknown, { username }: { username: string }, context: Context) =>
        runtimeOf().accounts.create(
          {
            context,
            username,
            password: 'copper-lantern-77-mosaic',
            email: 'ada@example.org',
            groups: ['STAFF'],
            event: { action: 'account.made' },
            before: () => hooks.beforeAccount(),
          },
          async (_sql, { id }) => id,
        ),
      async writes(_mutation: unknown, _args: unknown, context: Context) {
        await hooks.beforeWrite();
        const event = { action: 'thing.written', subjectId: null };
        return runtimeOf().accounts.write({ context, event }, async () => true);
      },
    },
  },
});
