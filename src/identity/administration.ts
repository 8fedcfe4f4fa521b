import { commandLine } from '../changes/origin.ts';
import type { ReadPage } from '../context/read-page.ts';
import { parseOrder } from '../context/row-order.ts';
import { BadUserInputError } from '../errors.ts';
import type { Group } from '../values/groups.ts';
import type { Connection, PageArguments } from '../values/page.ts';
import { isUuid } from '../values/uuid.ts';
import { historyEnd } from './access/access-history-work.ts';
import { parseApiClient } from './api-clients/api-client.input.ts';
import {
  type AuditTimes,
  type ExportArguments,
  parseAuditFilter,
  parseExport,
} from './audit/audit.input.ts';
import { auditLog } from './audit/audit-log.ts';
import type { ExportLog } from './audit/log-export.store.ts';
import { type IdPage, newestFirst, toIdPage } from './id-page.ts';
import type { Services } from './services.ts';
import type { Stores } from './stores.ts';
import type { UserRecord } from './users/user.records.ts';
import { createUserAdministration } from './users/user-administration.ts';

export interface AdministrationDependencies {
  readonly stores: Stores;
  readonly services: Pick<Services, 'passwords' | 'newUserRules' | 'apiClientIssuer'>;
  readonly readPage: ReadPage;
  readonly now: () => Date;
}

/** At most one of the first three. */
export interface AuditQuery extends PageArguments, AuditTimes {
  readonly action?: string | undefined;
  /** Returns only events caused by this user or API client: a username, or an id. */
  readonly actor?: string | undefined;
  /** Returns only events about this user, by username or id, or about another record, by id. */
  readonly subject?: string | undefined;
}

export interface SessionQuery extends PageArguments {
  /** Returns only sessions of the user with this username or id. */
  readonly user: string;
}

export type Administration = ReturnType<typeof createAdministration>;

/**
 * Creates the operations of the command line. They use the same checks, stores and audit log as the API's fields of
 * the same names. Groups are not checked: an operator who can run commands on the server may do everything.
 */
export function createAdministration({
  stores,
  services,
  readPage,
  now,
}: AdministrationDependencies) {
  const origin = commandLine;
  const { apiClientIssuer } = services;
  const users = createUserAdministration({ stores, services, readPage, origin });
  const readNewest: ReadNewest = (list, args, read) =>
    readPage({ list: `command ${list}`, order: parseOrder(newestFirst.orderBy), args }, (request) =>
      read(toIdPage(request)),
    );
  return {
    users,
    clients: {
      create: async (client: { readonly name: string; readonly groups: readonly Group[] }) =>
        apiClientIssuer.create(parseApiClient(client, services.newUserRules.groups), origin),
      rotate: (id: string) => apiClientIssuer.rotate(id, origin),
      disable: (id: string) => stores.apiClients.disable(id, origin),
      list: () => stores.apiClients.findAll(),
    },
    /** Lists the groups of the schema, and held groups that the schema does not have any more. */
    groups: {
      list: () => stores.groups.list(),
      rename: (name: string, newName: string) => stores.groups.rename(name, newName, origin),
      drop: (name: string) => stores.groups.drop(name, origin),
    },
    sessions: createSessionAdministration(stores, users.find, readNewest),
    audit: createAuditAdministration(stores, users.find, readNewest),
    accessHistory: {
      /** Removes the history that is older than some days. */
      async prune(days: number) {
        const before = historyEnd(now(), days);
        return { before, pruned: await stores.accessHistory.prune(before, origin) };
      },
    },
  };
}

/** Reads a page of a list, newest first. `list` binds its cursors. */
type ReadNewest = <Row extends object>(
  list: string,
  args: PageArguments,
  read: (page: IdPage) => Promise<readonly Row[]>,
) => Promise<Connection<Row>>;

/** Finds a user by username or id. @throws {NotFoundError} */
type FindUser = (name: string) => Promise<UserRecord>;

const createSessionAdministration = (
  { sessions }: Stores,
  findUser: FindUser,
  readNewest: ReadNewest,
) => ({
  /** Lists the live sessions of a user, newest first. */
  async list({ user, ...args }: SessionQuery) {
    const { id } = await findUser(user);
    return readNewest('sessions', args, (page) => sessions.pageOf([id], page));
  },
  /** Returns false when the session had already ended. */
  end: (id: string) => sessions.end(id, commandLine),
  /** Returns the number of ended sessions. */
  endAllOf: async (user: string) => sessions.endAllOf((await findUser(user)).id, commandLine),
});

const createAuditAdministration = (stores: Stores, findUser: FindUser, readNewest: ReadNewest) => ({
  async list({ first, after, actor, subject, ...filter }: AuditQuery) {
    const idOf = async (name: string | undefined) =>
      name === undefined || isUuid(name) ? name : (await findUser(name)).id;
    const ids = { actorId: await idOf(actor), subjectId: await idOf(subject) };
    const parsed = parseAuditFilter({ ...filter, ...ids });
    return readNewest('audit', { first, after }, (page) => stores.audit.page(page, parsed));
  },
  /** Returns the names of the users and API clients with these ids that still exist. */
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
  /** Returns the audit log, or another log by its name. @throws {BadUserInputError} when there is no such log. */
  logOf(name: string = auditLog.name) {
    const store = stores.logs.find(({ log }) => log.name === name);
    if (store === undefined) {
      const names = stores.logs.map(({ log }) => log.name).join(', ');
      throw new BadUserInputError('log', `There is no log ${name}. The logs are ${names}.`);
    }
    return {
      row: store.log.row,
      /** Passes the rows of one snapshot to `onPage`, oldest first, page after page. */
      export: async (query: ExportArguments, onPage: Parameters<ExportLog>[1]) =>
        store.export(parseExport(query), onPage),
      /** Returns the number of removed rows. */
      prune: (before: Date) => store.prune(before, commandLine),
    };
  },
});
