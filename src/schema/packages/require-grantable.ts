import { type Authorization, AuthorizationError } from '@gatehouse/authorization';
import { parse } from 'graphql';
import type { Context } from '../../context/context.ts';
import type { RequestFacts } from '../../context/create-context.ts';
import { grantText, type RequireGrantable } from '../../identity/groups/require-grantable.ts';
import type { Groups } from '../../values/groups.ts';
import { factsFor } from './decide-for.ts';

export interface RequireGrantableOptions {
  readonly authorizeOperation: Authorization<Context>['authorizeOperation'];
  readonly createContext: (facts: RequestFacts) => Context;
  readonly groups: Pick<Groups, 'inSchemaOrder'>;
}

const document = parse(grantText);

/** Creates the function that asks the guards of `grantGroup`, as the project has set them, about each group. */
export const createRequireGrantable =
  ({ authorizeOperation, createContext, groups }: RequireGrantableOptions): RequireGrantable =>
  async ({ rights }, names) => {
    // Commands are authorized by the operating system.
    if (rights === undefined) return;
    const contextValue = createContext(factsFor(rights.viewer()));
    // A group that the schema does not have grants nothing.
    for (const group of groups.inSchemaOrder(names)) {
      const request = { document, variableValues: { group }, contextValue };
      const [refusal] = await authorizeOperation(request);
      if (refusal !== undefined) throw new AuthorizationError(refusal.denial);
    }
  };
