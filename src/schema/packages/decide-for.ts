import type { Authorization } from '@graphql-gatehouse/authorization';
import { compileFactorKinds } from '@graphql-gatehouse/authorization';
import { parse } from 'graphql';
import type { AuthenticatedViewer, Viewer } from '../../authentication/viewer.ts';
import { inNoPlace } from '../../changes/viewer-places.ts';
import type { Context } from '../../context/context.ts';
import type { RequestFacts } from '../../context/create-context.ts';
import { withoutCookies } from '../../values/browser-session.ts';
import type { AccountActor, AskedOperation } from './package-accounts.ts';

/** An actor with its current groups. */
export interface ActorWithGroups extends AccountActor {
  readonly groups: readonly string[];
}

/** Whether an actor could run an operation, as if it had just proved itself by two kinds of factors. */
export type DecideFor = (actor: ActorWithGroups, operation: AskedOperation) => Promise<boolean>;

export interface DecideForOptions {
  readonly decideOperation: Authorization<Context>['decideOperation'];
  readonly createContext: (facts: RequestFacts) => Context;
  readonly now: () => Date;
}

/**
 * Creates the function that decides an operation for an actor who is not there. What depends on data is refused: it
 * would be asked beside the transaction.
 */
export const createDecideFor =
  ({ decideOperation, createContext, now }: DecideForOptions): DecideFor =>
  async ({ kind, id, groups }, { text, variables }) => {
    const decided = await decideOperation({
      document: parse(text),
      variableValues: variables,
      contextValue: createContext(factsFor(viewerOf({ kind, id, groups }, now()))),
    });
    return decided.kind === 'decided' && decided.decision.allowed;
  };

/**
 * The facts of an operation that is decided for a viewer, and does not run. What the viewer holds in places does not count: it
 * would be read beside the transaction, and these operations name no place.
 */
export const factsFor = (viewer: Viewer): RequestFacts => ({
  viewer: inNoPlace(viewer),
  client: { ip: undefined, userAgent: undefined },
  requestId: '',
  browserSession: withoutCookies,
  openSignal: () => new AbortController().signal,
});

const everyKind = compileFactorKinds([{ name: 'ALL', proves: 'possession', verifiesUser: true }]);

const viewerOf = ({ kind, id, groups }: ActorWithGroups, at: Date): AuthenticatedViewer =>
  kind === 'USER'
    ? {
        kind: 'user',
        isAuthenticated: true,
        userId: id,
        // No session has it.
        sessionId: '',
        sessionKind: 'token',
        groups: new Set(groups),
        // All that can be asked for.
        authenticatedAt: { ALL: at },
        factorKinds: everyKind,
      }
    : {
        kind: 'apiClient',
        isAuthenticated: true,
        clientId: id,
        secretHash: new Uint8Array(),
        groups: new Set(groups),
        authenticatedAt: 'EACH_REQUEST',
      };
