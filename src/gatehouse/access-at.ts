import { NotFoundError } from '../errors.ts';
import type {
  PastAccount,
  ServedAround,
  ServedSchema,
  Subject,
} from '../identity/access/access-history.store.ts';
import { historyEnd } from '../identity/access/access-history-work.ts';
import { isUuid } from '../values/uuid.ts';
import { type DecidedAccess, decideBySnapshot } from './access-snapshot.ts';
import { administration } from './account-parts.ts';
import { clock, options } from './app-inputs.ts';
import type { Get } from './part.ts';
import { stores } from './parts.ts';

/** Whose access to describe: a user by username or id, or an API client by id. */
export interface AccessRequest {
  readonly kind: Subject['kind'];
  readonly name: string;
  readonly at: Date;
}

export interface AccessAt {
  readonly at: Date;
  readonly subject: Subject;
  /** The time from which on groups are known: the history before is removed. */
  readonly knownFrom: Date;
  /** Undefined: the time is before `knownFrom`. */
  readonly account: PastAccount | undefined;
  /** By each schema that nodes served. During a roll-out there are several. Empty: none is known. */
  readonly schemas: readonly SchemaAt[];
  /** When nodes served, if no schema is known. */
  readonly served: ServedAround | undefined;
}

/** What an account could access by one schema. */
export interface SchemaAt extends DecidedAccess, Omit<ServedSchema, 'content'> {}

/**
 * Reads the history, and decides what an account could access at a time.
 *
 * @throws {NotFoundError} when neither the history nor the table of users has the account.
 */
export async function readAccessAt(get: Get, { kind, name, at }: AccessRequest): Promise<AccessAt> {
  const { accessHistory } = get(stores);
  const subject = { kind, id: await idOf(get, kind, name) };
  const retained = historyEnd(get(clock)(), get(options).config.accessHistoryDays);
  const pruned = await accessHistory.prunedUntil();
  const knownFrom = pruned !== null && pruned > retained ? pruned : retained;
  const isKnown = at >= knownFrom;
  // What is too old may be removed, with all that the history had of the account.
  if (isKnown && !(await accessHistory.hasChangesOf(subject))) {
    throw new NotFoundError(undefined, `The history has no ${nouns[kind]} with this id.`);
  }
  const account = isKnown ? await accessHistory.accountAt(subject, at) : undefined;
  const found = isKnown ? await accessHistory.servedAt(at) : [];
  const granted = grantedIn(account);
  const schemas = found.map(({ content, ...schema }) => ({
    ...schema,
    ...decideBySnapshot(content, granted, kind),
  }));
  const served = found.length === 0 ? await accessHistory.servedAround(at) : undefined;
  return { at, subject, knownFrom, account, schemas, served };
}

const nouns = { USER: 'user', API_CLIENT: 'API client' } as const;

async function idOf(get: Get, kind: Subject['kind'], name: string): Promise<string> {
  if (isUuid(name)) return name;
  if (kind === 'API_CLIENT')
    throw new NotFoundError(undefined, 'An API client is named by its id.');
  return (await (await get(administration)).users.find(name)).id;
}

/** Returns the granted groups, or null when the account could not log in. */
const grantedIn = (account: PastAccount | undefined): readonly string[] | null =>
  account?.state === 'CREATED' || account?.state === 'ENABLED'
    ? account.grants.map(({ group }) => group)
    : null;
