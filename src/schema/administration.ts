import { parseApiClient } from './api-client/api-client.input.ts';
import { parseAction } from './audit/audit.input.ts';
import { commandLine } from './audit/origin.ts';
import { type PageArguments, parsePage, toConnection } from './connection.ts';
import type { Group } from './generated/resolver-types.ts';
import type { Stores } from './modules.ts';
import type { Services } from './services.ts';
import { createUserAdministration } from './user/user-administration.ts';

export interface AdministrationDependencies {
  readonly stores: Stores;
  readonly services: Pick<Services, 'passwords' | 'minPasswordLength' | 'apiClientIssuer'>;
  /** A new random password of at least so many characters. */
  readonly createPassword: (minLength: number) => string;
}

export interface AuditQuery extends PageArguments {
  readonly action: string | undefined;
}

export type Administration = ReturnType<typeof createAdministration>;

/**
 * What an operator does at the command line: the same checks, stores and audit log as those of the API's
 * fields of the same name. Nobody is asked for groups: whoever runs commands on the server may do all.
 */
export function createAdministration({
  stores,
  services,
  createPassword,
}: AdministrationDependencies) {
  const origin = commandLine;
  const { apiClientIssuer } = services;
  const users = createUserAdministration({ stores, services, createPassword, origin });
  return {
    users,
    clients: {
      create: async (client: { readonly name: string; readonly groups: readonly Group[] }) =>
        apiClientIssuer.create(parseApiClient(client), origin),
      rotate: (id: string) => apiClientIssuer.rotate(id, origin),
      disable: (id: string) => stores.apiClients.disable(id, origin),
      list: () => stores.apiClients.findAll(),
    },
    sessions: {
      /** The sessions of a user that are alive, newest first. */
      list: async (user: string) => stores.sessions.findAliveOf([(await users.find(user)).id]),
      /** False when it had ended. */
      end: (id: string) => stores.sessions.end(id, origin),
      /** How many were alive. */
      endAllOf: async (user: string) =>
        stores.sessions.endAllOf((await users.find(user)).id, origin),
    },
    audit: {
      async list({ action, ...args }: AuditQuery) {
        const page = parsePage(args);
        return toConnection(await stores.audit.page(page, parseAction(action)), page);
      },
      /** The names of those of these ids that are users or API clients now. */
      async namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
        const [users, clients] = [
          await stores.users.findByIds(ids),
          await stores.apiClients.findByIds(ids),
        ];
        return new Map([
          ...users.map(({ id, username }) => [id, username] as const),
          ...clients.map(({ id, name }) => [id, name] as const),
        ]);
      },
      /** How many events were removed. */
      prune: (before: Date) => stores.audit.prune(before, origin),
    },
  };
}
