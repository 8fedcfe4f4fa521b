import type {
  AccountNotice,
  Domain,
  GatehouseContext,
  GatehousePackage,
  PackageRuntime,
} from '../../src/index.ts';
import { withParts } from '../../src/package.ts';

type Runtime = PackageRuntime<Readonly<Record<string, unknown>>>;
type Context = GatehouseContext<unknown, Readonly<Record<string, never>>>;

/** A package that uses accounts through the public door. It has no tables. */
export function accountsPackage() {
  const notices: AccountNotice[] = [];
  /** Called in `Mutation.writes`, after its guard; and in `Mutation.makes`, in its transaction. */
  const hooks: Hooks = { beforeWrite: async () => {}, beforeAccount: async () => {} };
  let parts: () => Promise<Runtime> = () => {
    throw new Error('The schema was not composed.');
  };

  const accounts: GatehousePackage = {
    name: 'accounts',
    domains(partsOf) {
      parts = partsOf;
      return [createDomain(partsOf, hooks)];
    },
    async notify(_sql, notice) {
      notices.push(notice);
    },
  };
  return { accounts, notices, hooks, runtime: () => parts() };
}

interface Hooks {
  beforeWrite(): Promise<void>;
  beforeAccount(): Promise<void>;
}

const createDomain = (parts: () => Promise<Runtime>, hooks: Hooks): Domain<Context> => ({
  name: 'accounts',
  typeDefs: `extend type Mutation {
          "Makes an account." makes(username: String!): String! @public
          "Writes." writes: Boolean! @auth(requires: [MANAGER])
        }`,
  resolvers: {
    Mutation: withParts(parts, {
      makes: ({ accounts }, { username }: { username: string }, context: Context) =>
        accounts.create(
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
      async writes({ accounts }, _args: object, context: Context) {
        await hooks.beforeWrite();
        const event = { action: 'thing.written', subjectId: null };
        return accounts.write({ context, event }, async () => true);
      },
    }),
  },
});
