import { type Authorization, AuthorizationError } from '@graphql-gatehouse/authorization';
import { parse } from 'graphql';
import type { Origin } from '../../changes/origin.ts';
import type { Context } from '../../context/context.ts';
import type { RequestFacts } from '../../context/create-context.ts';
import type { Groups } from '../../values/groups.ts';
import { factsFor } from './decide-for.ts';

/**
 * Requires that the viewer of a change could grant these groups now, by `Mutation.grantGroup(group:)`. A guard that was
 * loosened for another field would give more than its holder has otherwise.
 *
 * @throws {AuthorizationError} what `grantGroup` would be refused with.
 */
export type RequireGrantable = (
  origin: Pick<Origin, 'rights'>,
  groups: readonly string[],
) => Promise<void>;

export interface RequireGrantableOptions {
  readonly authorizeOperation: Authorization<Context>['authorizeOperation'];
  readonly createContext: (facts: RequestFacts) => Context;
  readonly groups: Pick<Groups, 'inSchemaOrder'>;
}

/** What grants a group. It is decided, and never run. */
export const grantText =
  'mutation ($group: Group!) { grantGroup(userId: "", group: $group) { __typename } }';

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
