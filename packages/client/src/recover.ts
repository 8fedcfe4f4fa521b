// Loaded only with the first error. It imports types alone, so that it shares no chunk with the others.
import type { Answer, AnswerError, Operation, Sending } from './answers.ts';
import type { Connection, ConnectionParts, NeededProof } from './connection-parts.ts';

/** An operation and its answer, which has no errors if it was only decided. */
type Answered = readonly [Operation, Answer];

/** Reads the errors of an operation, and updates the viewer. True: send it again. */
export type Recover = (
  errors: readonly AnswerError[],
  sent: Sending,
  answered?: Answered,
) => Promise<boolean>;

type Parts = Omit<ConnectionParts, 'send'> &
  Pick<Connection, 'sending' | 'readViewer' | 'renew' | 'end'> & {
    /** A proof of the session that is being sent. */
    readonly proving: () => Promise<unknown> | undefined;
  };

export function create(parts: Parts): Recover {
  const { session, store, sending, readViewer, renew, end, proving, onReauthenticate } = parts;
  let asking: Promise<boolean> | undefined;
  const isCurrent = ({ epoch }: Sending): boolean => epoch === sending().epoch;

  async function recoverSession(
    reason: string,
    errors: readonly AnswerError[],
    { sent, isQuestion }: { readonly sent: Sending; readonly isQuestion: boolean },
  ): Promise<boolean> {
    // What it was sent with may be replaced by the time that it arrives.
    await proving()?.catch(() => {});
    if (!isCurrent(sent)) return false;
    const isFirst = (cause: Sending['after'][number]) => !sent.after.includes(cause);
    if (sent.proofs < sending().proofs) return isFirst('proof');
    if (isOfProof.test(reason)) {
      return !isQuestion && isFirst('proof') && (await ask(errors)) && isCurrent(sent);
    }
    if (reason === 'TOKEN_EXPIRED') {
      if (!isFirst('refresh')) return false;
      if (await session().renew(sent)) return true;
    }
    if (isCurrent(sent)) end();
    return false;
  }

  /** Asks the user for a proof, once for all operations that need one at the same time. */
  function ask(errors: readonly AnswerError[]): Promise<boolean> {
    asking ??= prove(errors).finally(() => {
      asking = undefined;
    });
    return asking;
  }

  async function prove(errors: readonly AnswerError[]): Promise<boolean> {
    const { proofs } = sending();
    if (!onReauthenticate) return false;
    const isProved = await Promise.resolve(neededBy(errors))
      .then(onReauthenticate)
      .catch(() => false);
    // It may have been proved in another tab.
    if (isProved && sending().proofs === proofs) await renew(Promise.resolve());
    return isProved;
  }

  async function update(
    errors: readonly AnswerError[],
    sent: Sending,
    isQuestion: boolean,
  ): Promise<boolean> {
    const refusal = errors.find(({ extensions }) => extensions?.code === 'UNAUTHENTICATED');
    const reason = `${refusal?.extensions?.reason}`;
    if (refusal && !isOfLogIn.test(reason)) {
      return recoverSession(reason, errors, { sent, isQuestion });
    }
    // A group that the viewer is in, as far as is known here, would have been enough.
    const sufficient = errors.flatMap(({ extensions }) => [extensions?.requires].flat(2));
    if (isCurrent(sent) && store.get().groups.some((group) => sufficient.includes(group))) {
      await readViewer().catch(() => {});
    }
    return false;
  }

  return async (errors, sent, answered) => {
    const isQuestion = answered !== undefined && !answered[1].errors;
    const isRecovered = await update(errors, sent, isQuestion);
    return isRecovered && !mayHaveEffect(errors, answered);
  };
}

/** Whether an operation took effect, wholly or in part, or may have: then it is not sent again. */
const mayHaveEffect = (
  errors: readonly AnswerError[],
  [operation, answer]: Answered | readonly [] = [],
): boolean =>
  errors.some(({ extensions }) => extensions?.code === 'OUTCOME_UNKNOWN') ||
  (answer?.data !== undefined && /\bmutation\b/.test(`${operation?.query}`));

/** The reasons of refusals of a login or a proof: the session goes on. */
const isOfLogIn = /CREDENTIALS|REQUIRED|CHALLENGE/;

/** The reasons of refusals of a session that has not proved enough: it goes on. */
const isOfProof = /TOO_OLD|FACTORS/;

/** Joins what several refusals ask for: the least age, and the most factors. All of them name the same providers. */
function neededBy(errors: readonly AnswerError[]): NeededProof {
  const all = (name: string) =>
    errors.map(({ extensions }) => Number(extensions?.[name])).filter((value) => value > 0);
  const [maxAge, factors] = [Math.min(...all('maxAge')), Math.max(...all('factors'))];
  const providers = errors.find(({ extensions }) => extensions?.providers)?.extensions?.providers;
  return {
    ...(maxAge < Infinity && { maxAge }),
    ...(factors > 0 && { factors }),
    ...(providers !== undefined && { providers: Object(providers) }),
  };
}
