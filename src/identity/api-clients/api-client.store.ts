import { type Origin, userIdOf } from '../../changes/origin.ts';
import { quoted } from '../../changes/record-event.ts';
import type { DatabaseTransaction } from '../../database/connect.ts';
import { ConflictError, NotFoundError } from '../../errors.ts';
import { isUuid } from '../../values/uuid.ts';
import { firstUnsettledId } from '../settled.ts';
import type { StoreDependencies } from '../store-dependencies.ts';
import { requireMayTakeOver } from '../users/take-over.ts';
import type { ApiClientDescription } from './api-client.input.ts';
import {
  type ApiClientRecord,
  apiClientFields,
  type SignInRecord,
  settledSignIn,
  signIn,
} from './api-client.records.ts';

type SignInRow = Omit<SignInRecord, 'granted'>;
type SecretHash = Uint8Array<ArrayBuffer>;

export interface NewApiClient extends ApiClientDescription {
  readonly id: string;
  readonly secretHash: SecretHash;
}

export type ApiClientStore = ReturnType<typeof createApiClientStore>;

/** Reads and writes API clients. Every change is one transaction, which is committed when the function resolves. */
export const createApiClientStore = (dependencies: StoreDependencies) => ({
  ...createApiClientReads(dependencies),
  ...createApiClientChanges(dependencies),
});

function createApiClientReads(dependencies: StoreDependencies) {
  const { database, read, now, groups, settleMs } = dependencies;
  return {
    findByIds: (ids: readonly string[]): Promise<ApiClientRecord[]> =>
      database.apiClient.findMany({
        where: { id: { in: ids.filter(isUuid) } },
        select: apiClientFields,
      }),

    /** Returns all API clients, oldest first. */
    findAll: (): Promise<ApiClientRecord[]> =>
      database.apiClient.findMany({ orderBy: { id: 'asc' }, select: apiClientFields }),

    /**
     * Returns the clients with these ids that are not disabled, in one statement. Groups that the schema does not
     * have are omitted.
     */
    async findForSignIn(ids: readonly string[]): Promise<SignInRecord[]> {
      const found = await (settleMs === undefined
        ? read<SignInRow>(signIn, [ids])
        : read<SignInRow>(settledSignIn, [ids, firstUnsettledId(settleMs)]));
      return found.map((each) => ({
        ...each,
        groups: groups.inEffect(each.groups),
        granted: groups.inSchemaOrder(each.groups),
      }));
    },

    /** Records that these clients were used. Skips clients that are locked by a change. */
    async recordUse(ids: readonly string[], { unlessSince }: { unlessSince: Date }): Promise<void> {
      await database.$executeRaw`
        UPDATE gatehouse.api_clients SET last_used_at = ${now()}
        WHERE id IN (
          SELECT id FROM gatehouse.api_clients
          WHERE id = ANY (${[...ids]}::uuid[])
            AND (last_used_at IS NULL OR last_used_at <= ${unlessSince})
          FOR NO KEY UPDATE SKIP LOCKED)`;
    },
  };
}

function createApiClientChanges({ write, groups, requireGrantable }: StoreDependencies) {
  return {
    /**
     * @throws {BadUserInputError} for a group that the schema does not have.
     * @throws {AuthorizationError} for one that the viewer could not grant.
     */
    async create(client: NewApiClient, origin: Origin): Promise<ApiClientRecord> {
      groups.requireAll(client.groups, 'groups');
      return write({ origin }, async (transaction, { at, record }) => {
        await requireGrantable(origin, client.groups);
        const created = await transaction.apiClient.create({
          data: { ...client, createdAt: at, createdById: userIdOf(origin) },
          select: apiClientFields,
        });
        const detail = `${quoted(created.name)}; groups: ${created.groups.join(', ') || 'none'}`;
        await record({ action: 'client.created', subjectId: created.id, detail });
        return created;
      });
    },

    /**
     * Replaces the secret. Of two concurrent calls, the later one replaces the other's secret or is refused, so every
     * returned secret was valid at some time.
     *
     * @throws {NotFoundError} @throws {ConflictError} CLIENT_DISABLED, CHANGED_MEANWHILE.
     * @throws {AuthorizationError} when the viewer, unless it is the client, could not grant its groups.
     */
    replaceSecret: (id: string, secretHash: SecretHash, origin: Origin): Promise<ApiClientRecord> =>
      write(
        { origin, changing: { kind: 'API_CLIENT', id } },
        async (transaction, { at, record }) => {
          const account = { kind: 'API_CLIENT', id } as const;
          await requireMayTakeOver(transaction, { origin, account, at, requireGrantable });
          const before = await requireApiClient(transaction, id);
          if (before.disabledAt !== null) throw isDisabled();
          const [client] = await transaction.apiClient.updateManyAndReturn({
            where: { id, secretHash: before.secretHash, disabledAt: null },
            data: { secretHash },
            select: apiClientFields,
          });
          if (client === undefined) throw wasChanged();
          const event = { action: 'client.secret_rotated', subjectId: client.id };
          await record({ ...event, detail: quoted(client.name) });
          return client;
        },
      ),

    /** Disables a client. Does nothing if it is already disabled. @throws {NotFoundError} */
    disable: (id: string, origin: Origin): Promise<ApiClientRecord> =>
      write(
        { origin, changing: { kind: 'API_CLIENT', id } },
        async (transaction, { at, record }) => {
          const [client] = isUuid(id)
            ? await transaction.apiClient.updateManyAndReturn({
                where: { id, disabledAt: null },
                data: { disabledAt: at },
                select: apiClientFields,
              })
            : [];
          if (client === undefined) {
            const { secretHash: _, ...before } = await requireApiClient(transaction, id);
            return before;
          }
          const event = { action: 'client.disabled', subjectId: client.id };
          await record({ ...event, detail: quoted(client.name) });
          return client;
        },
      ),
  };
}

async function requireApiClient(transaction: DatabaseTransaction, id: string) {
  const client = isUuid(id)
    ? await transaction.apiClient.findUnique({
        where: { id },
        select: { ...apiClientFields, secretHash: true },
      })
    : null;
  if (client === null) throw apiClientNotFound();
  return client;
}

export const apiClientNotFound = () => new NotFoundError('id', 'No API client has this id.');

const isDisabled = () => new ConflictError('CLIENT_DISABLED', 'The API client is disabled.');

const wasChanged = () =>
  new ConflictError('CHANGED_MEANWHILE', 'Another operation changed the client. Try again.');
