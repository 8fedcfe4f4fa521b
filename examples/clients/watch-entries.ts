import { LoggedOutError, RefusedError } from './session.ts';
import { type Socket, waitToRetry } from './socket.ts';

export interface Entry {
  readonly id: string;
  readonly user: { readonly username: string };
  readonly enteredAt: string;
}

export type Variables = Readonly<Record<string, unknown>>;

/** The functions of a GraphQL client. Errors of a response become a {@link RefusedError}. */
export interface GraphQLFunctions {
  query<Data>(query: string, variables: Variables): Promise<Data>;
  /** Returns the function that unsubscribes. */
  subscribe<Data>(query: string, variables: Variables, sink: Sink<Data>): () => void;
}

/** Receives the events of a subscription. After an error it receives nothing more. */
export interface Sink<Data> {
  next(data: Data): void;
  error(error: unknown): void;
}

export interface WatchOptions extends GraphQLFunctions {
  readonly socket: Socket;
  readonly roomId: string;
  readonly since: Date;
  /** Called once for each entry since then. Entries that were missed may come after later ones: sort by id. */
  readonly onEntry: (entry: Entry) => void;
  /** Called when the viewer may not watch, or not any more. */
  readonly onRefused: (error: Error) => void;
}

/** A transaction of ten seconds commits an entry that is older than others, and clocks differ. */
const toleranceMs = 60_000;

/**
 * Watches the entries of a room across reconnects. A subscription sends what happens while it is open. What happened
 * before is read.
 */
export function watchEntries(options: WatchOptions): () => void {
  const { socket, roomId, onEntry, onRefused } = options;
  const seen = new Map<string, number>();
  /** All entries until then were passed on. */
  let completeUntilMs = options.since.getTime() + toleranceMs;
  /** Gaps in what the subscription sent: before the first socket, and between two of them. */
  let gaps = 1;
  let filledGaps = 0;
  let isStopped = false;
  let unsubscribe = () => {};

  function pass(entry: Entry): void {
    if (isStopped || seen.has(entry.id)) return;
    seen.set(entry.id, Date.parse(entry.enteredAt));
    onEntry(entry);
  }

  function completeUntil(atMs: number): void {
    completeUntilMs = Math.max(completeUntilMs, atMs);
    for (const [id, enteredMs] of seen) {
      if (enteredMs < completeUntilMs - toleranceMs) seen.delete(id);
    }
  }

  async function fillGap(gap: number): Promise<void> {
    if (isStopped || gap < gaps) return; // a later gap includes this one
    try {
      const entries = await readEntries(options, completeUntilMs - toleranceMs);
      for (const entry of entries.toReversed()) pass(entry);
      filledGaps = Math.max(filledGaps, gap);
      completeUntil(Math.max(0, ...entries.map(({ enteredAt }) => Date.parse(enteredAt))));
    } catch (error) {
      if (stopIfRefused(error)) return;
      await waitToRetry(0);
      await fillGap(gap);
    }
  }

  function subscribe(): void {
    unsubscribe = options.subscribe<{ roomEntered: Entry }>(
      subscription,
      { roomId },
      {
        next({ roomEntered }) {
          pass(roomEntered);
          if (filledGaps === gaps) completeUntil(Date.parse(roomEntered.enteredAt));
        },
        error(error) {
          unsubscribe();
          gaps += 1;
          if (!stopIfRefused(error)) void waitToRetry(0).then(() => isStopped || subscribe());
        },
      },
    );
  }

  /** Stops, unless another attempt can succeed. */
  function stopIfRefused(error: unknown): boolean {
    if (isStopped) return true;
    const isFinal = error instanceof RefusedError && !isTemporary(error);
    if (!isFinal && !(error instanceof LoggedOutError)) return false;
    stop();
    onRefused(error);
    return true;
  }

  function stop(): void {
    isStopped = true;
    for (const release of releases) release();
    unsubscribe();
  }

  const releases = [
    socket.onOpen(() => void fillGap(gaps)),
    socket.on('closed', () => {
      gaps += 1;
    }),
  ];
  subscribe();
  return stop;
}

const isTemporary = ({ code, reason }: RefusedError): boolean =>
  reason === 'TOKEN_EXPIRED' || // the socket is about to close
  code === 'EVENTS_LOST' ||
  code === 'SERVICE_UNAVAILABLE' ||
  code === 'RATE_LIMITED';

const fields = 'id user { username } enteredAt';
const subscription = `subscription ($roomId: ID!) { roomEntered(roomId: $roomId) { ${fields} } }`;
const page = `query ($roomId: ID!, $after: String) {
  room(id: $roomId) {
    entries(first: 100, after: $after) { edges { node { ${fields} } } pageInfo { hasNextPage endCursor } }
  }
}`;

interface Page {
  readonly edges: readonly { readonly node: Entry }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Reads the entries since a time, the latest first. */
async function readEntries(
  options: WatchOptions,
  sinceMs: number,
  after: string | null = null,
): Promise<readonly Entry[]> {
  const { query, roomId } = options;
  const { room } = await query<{ room: { entries: Page } | null }>(page, { roomId, after });
  if (room === null) return [];
  const { edges, pageInfo } = room.entries;
  const found = edges.map(({ node }) => node);
  const recent = found.filter(({ enteredAt }) => Date.parse(enteredAt) >= sinceMs);
  const isLast = recent.length < found.length || !pageInfo.hasNextPage;
  return isLast
    ? recent
    : [...recent, ...(await readEntries(options, sinceMs, pageInfo.endCursor))];
}
