import {
  type Answer,
  type AnswerError,
  dataOf,
  type FetchOptions,
  type Operation,
  type Sending,
} from './answers.ts';
import type { Connection, ConnectionParts } from './connection-parts.ts';
import { lazily } from './lazily.ts';
import type { Recover } from './recover.ts';
import { type AnsweredViewer, anonymous, toViewer, viewerFields } from './viewer.ts';

/** Creates the connection of one client. The code that reads errors is loaded with the first one. */
export function createConnection(parts: ConnectionParts): Connection {
  const { send, session, store } = parts;
  let epoch = 0;
  let proofs = 0;
  let reading: Promise<void> | undefined;
  let proving: Promise<unknown> | undefined;

  const sending = (refused?: Sending): Sending => ({
    ...session().sending(),
    epoch,
    proofs,
    after: refused ? [...refused.after, refused.proofs === proofs ? 'refresh' : 'proof'] : [],
  });

  function begin(): void {
    epoch += 1;
    reading = undefined;
  }

  function end(): void {
    begin();
    session().drop();
    store.set(anonymous);
  }

  function renew<Due>(work: Promise<Due | undefined>): Promise<Due | undefined> {
    const proved = work.then((due) => {
      if (due) return due;
      proofs += 1;
      reading = undefined;
      return undefined;
    });
    proving = proved;
    return proved;
  }

  async function request<Data>(
    operation: Operation,
    more?: FetchOptions,
    refused?: Sending,
  ): Promise<Answer<Data>> {
    const sent = sending(refused);
    const answer = await send<Data>(operation, sent, more);
    const errors = answer.errors ?? denialsOf(answer);
    return errors.length > 0 && (await recover(errors, sent, [operation, answer]))
      ? request(operation, more, sent)
      : answer;
  }

  const recover: Recover = async (...refused) => (await recovering())(...refused);

  function readViewer(): Promise<void> {
    reading ??= readViewerOf(epoch + proofs);
    return reading;
  }

  async function readViewerOf(at: number): Promise<void> {
    try {
      const answer = await request<{ viewer: AnsweredViewer }>({
        query: `{viewer${viewerFields}}`,
      });
      // Another epoch has begun also when there is no session.
      if (at === epoch + proofs) store.set(toViewer(dataOf(answer).viewer));
    } finally {
      if (at === epoch + proofs) reading = undefined;
    }
  }

  const connection = { sending, request, recover, readViewer, begin, renew, end };
  const recovering = lazily(() => import('./recover.ts'), {
    ...parts,
    ...connection,
    proving: () => proving,
  });
  return connection;
}

/** Returns the refusals in the answer to an operation that was only decided, as errors. */
const denialsOf = ({ extensions }: Answer): readonly AnswerError[] =>
  (extensions?.decision?.denials ?? []).map((denial) => ({ extensions: denial }));
