import type { Domain } from 'graphql-gatehouse';
import type { FactorsRuntime, Parts, PartsOf } from '../parts.ts';
import { takeAddressAttempt } from '../parts.ts';
import { openForEnrolment, resetFactors } from './administration.ts';
import type { SentProof } from './begun.ts';
import { ownerOf } from './changing.ts';
import type { FactorsContext } from './context.ts';
import type { Enrolled } from './enrolled.ts';
import { countRecoveryCodes, listFactors, type SecondFactor } from './holdings.store.ts';
import { beginOtp, confirmOtp, type FirstCode } from './otp-enrolment.ts';
import { remove, rename } from './own-factors.ts';
import {
  beginPasskey,
  beginPasskeyLogin,
  enrolPasskey,
  type NewPasskeyInput,
} from './passkey-enrolment.ts';
import { renewRecoveryCodes } from './recovery.ts';
import { typeDefs } from './type-defs.ts';

export interface FactorsDomainOptions {
  readonly runtime: () => FactorsRuntime;
  readonly partsOf: PartsOf;
}

/** What costs a hash of a password, as logins do. */
const hashCost = 100;

/** Creates the types and fields of second factors. */
export function createFactorsDomain({
  runtime,
  partsOf,
}: FactorsDomainOptions): Domain<FactorsContext> {
  const parts = () => partsOf(runtime());
  return {
    name: 'factors',
    typeDefs,
    resolvers: {
      Query: createQueries(parts),
      Mutation: Object.assign({}, createOwnMutations(parts), createAdministration(parts)),
      User: {
        secondFactors: ({ id }: HasId, _args: unknown, { load }: FactorsContext) =>
          load.secondFactorsOfUser(id),
        recoveryCodesLeft: ({ id }: HasId, _args: unknown, { load }: FactorsContext) =>
          load.recoveryCodesOfUser(id),
      },
    },
    costs: {
      'Mutation.enrolOtp': hashCost,
      'Mutation.beginPasskey': hashCost,
      'Mutation.renewRecoveryCodes': hashCost,
    },
    loaders: {
      secondFactorsOfUser: {
        many: (ids: string[]) => listFactors(runtime().sql, ids),
        key: 'userId',
      },
      recoveryCodesOfUser: {
        async batch(ids: readonly string[]) {
          const counts = await countRecoveryCodes(runtime().sql, ids);
          return ids.map((id) => counts.get(id) ?? 0);
        },
      },
    },
  };
}

interface HasId {
  readonly id: string;
}

type GetParts = () => Promise<Parts>;

const createQueries = (parts: GetParts) => ({
  async passkeyOptions(
    _query: unknown,
    { challenge }: { readonly challenge?: string | null },
    context: FactorsContext,
  ) {
    const found = await parts();
    await takeAddressAttempt(found, context.client.ip);
    if (challenge === undefined || challenge === null) return beginPasskeyLogin(found);
    const userId = await found.accounts.ofChallenge(challenge, context);
    if (userId === undefined) throw found.errors.challengeEnded();
    return beginPasskeyLogin(found, { userId, challenge });
  },
});

const createOwnMutations = (parts: GetParts) => ({
  enrolOtp: async (_mutation: unknown, proof: SentProof, context: FactorsContext) =>
    beginOtp(await parts(), ownerOf(context), proof),
  async confirmOtp(_mutation: unknown, args: FirstCode, context: FactorsContext) {
    const found = await parts();
    return toEnrolled(found, await confirmOtp(found, ownerOf(context), args));
  },
  beginPasskey: async (_mutation: unknown, proof: SentProof, context: FactorsContext) =>
    beginPasskey(await parts(), ownerOf(context), proof),
  async addPasskey(_mutation: unknown, args: NewPasskeyInput, context: FactorsContext) {
    const found = await parts();
    return toEnrolled(found, await enrolPasskey(found, ownerOf(context), args));
  },
  renewRecoveryCodes: async (_mutation: unknown, proof: SentProof, context: FactorsContext) =>
    renewRecoveryCodes(await parts(), ownerOf(context), proof),
  async renameFactor(
    _mutation: unknown,
    args: { readonly id: string; readonly name: string },
    context: FactorsContext,
  ) {
    const found = await parts();
    const owner = ownerOf(context);
    return readFactor(found, { userId: owner.userId, id: await rename(found, owner, args) });
  },
  async removeFactor(_mutation: unknown, { id }: HasId, context: FactorsContext) {
    await remove(await parts(), ownerOf(context), id);
    return id;
  },
});

const createAdministration = (parts: GetParts) => ({
  async resetFactors(_mutation: unknown, { userId }: Target, context: FactorsContext) {
    await resetFactors(await parts(), { context, userId });
    return context.load.users(userId.toLowerCase());
  },
  openEnrolment: async (_mutation: unknown, { userId }: Target, context: FactorsContext) =>
    openForEnrolment(await parts(), { context, userId }),
});

interface Target {
  readonly userId: string;
}

const toEnrolled = async (parts: Parts, { recoveryCodes, ...named }: Enrolled) => ({
  recoveryCodes,
  factor: await readFactor(parts, named),
});

/** Reads a factor after it was written. @throws NOT_FOUND when it was removed meanwhile. */
async function readFactor(
  { sql, errors }: Parts,
  { userId, id }: { readonly userId: string; readonly id: string },
): Promise<SecondFactor> {
  const found = (await listFactors(sql, [userId])).find((each) => each.id === id);
  if (found !== undefined) return found;
  throw errors.notFound('id');
}
