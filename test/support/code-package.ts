import { otp, passkey, verifiedPasskey } from '../../packages/factors/src/kinds.ts';
import type { GatehousePackage, GroupDemand, ProofKind, SqlTransaction } from '../../src/index.ts';
import { userOf, withParts } from '../../src/package.ts';

/**
 * A package of one second factor, through the public door: a code that is right once, and the words of an account. What
 * it knows is kept in memory.
 */
export function codePackage() {
  /** The users who have the factor. */
  const enrolled = new Set<string>();
  const spent = new Set<string>();
  /** What groups ask for. */
  const demands = new Map<string, GroupDemand>();
  const notices: { readonly userId: string; readonly action: string }[] = [];
  /** Called where a code is spent, in the transaction of the login. */
  const hooks = { inTransaction: async (_sql: SqlTransaction) => {} };

  const code: ProofKind = {
    async check(proof, { userId }) {
      const [kind, of] = String(proof).split(' ');
      if (kind !== 'right' || userId === undefined) return { wrong: 'code' };
      return {
        userId: of ?? userId,
        factor: 'OTP',
        async spend(sql) {
          await hooks.inTransaction(sql);
          if (spent.has(String(proof)) || !enrolled.has(userId)) return false;
          spent.add(String(proof));
          return true;
        },
      };
    },
  };

  /** Names its user, as a passkey does. */
  const key: ProofKind = {
    beginsLogins: true,
    async check(proof, { challenge }) {
      const [kind, userId = ''] = String(proof).split(' ');
      if (challenge === 'ended') return { wrong: 'old', isEnded: true };
      if (kind !== 'key') return { wrong: 'key' };
      return { userId, factor: 'PASSKEY_VERIFIED', spend: async () => true };
    },
  };

  const demo: GatehousePackage = {
    name: 'code',
    factorKinds: [otp, passkey, verifiedPasskey],
    domains: (parts) => [
      {
        name: 'code',
        typeDefs: `
          extend input Proof { "A code." code: String "A key." key: String }
          extend type Mutation {
            "Enrols the viewer, and returns how many rows there are in a table."
            enrolCode: Int! @auth(or: [USER])
            "Removes the factor. Needs fresh proofs of two kinds."
            removeCode: Boolean! @auth(or: [USER])
          }
          extend type Query {
            "The user of a challenge."
            challenged("The challenge." challenge: String!): ID @public
          }`,
        resolvers: {
          Query: withParts(parts, {
            challenged: ({ accounts }, { challenge }: { challenge: string }, context) =>
              accounts.ofChallenge(challenge, context),
          }),
          Mutation: withParts(parts, {
            enrolCode: ({ accounts }, _args, context) => {
              const { userId } = userOf(context.viewer);
              const event = { action: 'code.enrolled', detail: 'for the test' };
              return accounts.change({ context, userId, event, ends: 'others' }, async (sql) => {
                enrolled.add(userId);
                const rows = await sql.$queryRawUnsafe('SELECT 1');
                return Array.isArray(rows) ? rows.length : 0;
              });
            },
            removeCode: ({ accounts }, _args, context) => {
              const { userId } = userOf(context.viewer);
              const event = { action: 'code.removed' };
              return accounts.change(
                { context, userId, event, ends: 'others' },
                async (_sql, { requireProofs }) => {
                  requireProofs(2);
                  enrolled.delete(userId);
                  return true;
                },
              );
            },
          }),
        },
      },
    ],
    async factors() {
      return {
        kinds: { code, key },
        due: async (_sql, userId, { names }): Promise<readonly string[]> =>
          enrolled.has(userId) && !names.has('OTP') && !names.has('PASSKEY_VERIFIED')
            ? ['OTP', 'PASSKEY']
            : [],
        demands: () => demands,
        withoutFactor: async (ids) => new Set(ids.filter((id) => !enrolled.has(id))),
        enrolmentOpenUntil: async () => null,
      };
    },
    async notify(_sql, { userId, action }) {
      notices.push({ userId, action });
    },
  };
  return { demo, enrolled, demands, notices, hooks };
}
