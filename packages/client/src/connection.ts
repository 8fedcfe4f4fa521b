import {
  type Answer,
  type AnswerError,
  dataOf,
  type FetchOptions,
  type Operation,
  type Send,
  type Sending,
} from './answers.ts';
import type { Session } from './session.ts';
import { type AnsweredViewer, anonymous, type Store, toViewer, viewerFields } from './viewer.ts';

/** Sends operations as the viewer, and keeps the viewer as the answers say. */
export interface Connection {
  sending(): Sending;
  request<Data>(operation: Operation, more?: FetchOptions): Promise<Answer<Data>>;
  /** Reads the errors of an operation. True: send it again. */
  recover(errors: readonly AnswerError[], sent: Sending): Promise<boolean>;
  /** Reads the viewer, once for all callers at the same time. */
  readViewer(): Promise<void>;
  /** Begins another session: what was sent before says nothing of its viewer. */
  begin(): void;
  /** Ends the session of this tab. */
  end(): void;
}

/** Creates the connection of one client. */
export function createConnection(send: Send, session: () => Session, store: Store): Connection {
  let epoch = 0;
  let reading: Promise<void> | undefined;
  const sending = (): Sending => ({ ...session().sending(), epoch });

  function begin(): void {
    epoch += 1;
    reading = undefined;
  }

  function end(): void {
    begin();
    session().drop();
    store.set(anonymous);
  }

  async function request<Data>(
    operation: Operation,
    more?: FetchOptions,
    isRetry = false,
  ): Promise<Answer<Data>> {
    const sent = sending();
    const answer = await send<Data>(operation, sent, more);
    const errors = [...(answer.errors ?? []), ...denialsOf(answer)];
    const isRecovered = !isRetry && errors.length > 0 && (await recover(errors, sent));
    return isRecovered ? request(operation, more, true) : answer;
  }

  async function recover(errors: readonly AnswerError[], sent: Sending): Promise<boolean> {
    if (sent.epoch !== epoch) return false;
    const refusal = errors.find(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
    const reason = refusal?.extensions?.reason;
    if (reason === 'TOKEN_EXPIRED' && (await session().renew(sent))) return true;
    if (refusal && reason !== 'BAD_CREDENTIALS' && sent.epoch === epoch) end();
    // A group that the viewer is in, as far as is known here, would have been enough.
    const sufficient = errors.flatMap(({ extensions }) => [extensions?.requires].flat(2));
    if (store.get().groups.some((group) => sufficient.includes(group))) {
      await readViewer().catch(() => {});
    }
    return false;
  }

  function readViewer(): Promise<void> {
    reading ??= readViewerOf(epoch);
    return reading;
  }

  async function readViewerOf(at: number): Promise<void> {
    try {
      const answer = await request<{ viewer: AnsweredViewer }>({
        query: `{viewer${viewerFields}}`,
      });
      // Another epoch has begun also when there is no session.
      if (at === epoch) store.set(toViewer(dataOf(answer).viewer));
    } finally {
      if (at === epoch) reading = undefined;
    }
  }

  return { sending, request, recover, readViewer, begin, end };
}

/** Returns the refusals in the answer to an operation that was only decided, as errors. */
export const denialsOf = ({ extensions }: Answer): readonly AnswerError[] =>
  (extensions?.decision?.denials ?? []).map((denial) => ({ extensions: denial }));
