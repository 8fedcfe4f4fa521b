import { originOf } from '../../changes/origin.ts';
import type { NewAccount } from '../../schema/packages/package-accounts.ts';
import type { SqlTransaction } from '../../values/sql-transaction.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { type ChosenUser, insertUser } from '../users/user.store.ts';

/** Creates the function that creates a user together with the work of a package. */
export const createNewAccounts =
  ({ write, notify }: Pick<StoreDependencies, 'write' | 'notify'>) =>
  <Result>(
    {
      context,
      grantedBy,
      event,
      before,
      ...user
    }: ChosenUser & Pick<NewAccount, 'context' | 'grantedBy' | 'event' | 'before'>,
    work: (
      sql: SqlTransaction,
      created: { readonly id: string; readonly at: Date },
    ) => Promise<Result>,
  ): Promise<Result> => {
    const origin = originOf(context);
    return write({ origin }, async (transaction, writing) => {
      await before?.(transaction, writing.at);
      const by = grantedBy?.kind === 'USER' ? grantedBy.id : null;
      const { id } = await insertUser(transaction, user, {
        ...writing,
        origin,
        notify,
        grantedById: by,
        argument: 'username',
      });
      const result = await work(transaction, { id, at: writing.at });
      await writing.record({ ...event, subjectId: id });
      return result;
    });
  };
