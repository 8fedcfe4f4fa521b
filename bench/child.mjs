/** What is asked of processes that a bench has started. */
import { on, once } from 'node:events';

/**
 * The next message of a child process that `isWanted`.
 *
 * @throws {Error} when the child ends before: there would never be an answer.
 */
export async function nextMessage(child, isWanted = () => true) {
  const ending = new AbortController();
  const { signal } = ending;
  const ended = once(child, 'exit', { signal }).then(([code, killedBy]) => {
    throw new Error(`A process of the bench ended with ${code ?? killedBy} before it answered.`);
  });
  const messages = on(child, 'message', { signal });
  const heard = (async () => {
    for await (const [message] of messages) if (isWanted(message)) return message;
  })();
  ended.catch(() => {});
  heard.catch(() => {});
  try {
    return await Promise.race([heard, ended]);
  } finally {
    ending.abort();
  }
}
