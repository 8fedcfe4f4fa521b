import { z } from 'zod';
import type { Sending } from './mail.ts';

/** The facts of nodemailer's errors. Their messages quote the server and addresses. */
const errorSchema = z.object({
  code: z.string(),
  /** The code of an error of the system, such as ECONNREFUSED. */
  originalCode: z.string().optional().catch(undefined),
  responseCode: z.number().optional().catch(undefined),
  command: z.string().optional().catch(undefined),
});

type Facts = z.infer<typeof errorSchema>;

/** 5xx that are about the session: another one, or another login, can send the same mail. */
const sessionReplies: readonly number[] = [503, 530, 534, 535, 538];

/** Without a reply: the library does not send such a mail. */
const unsendable: readonly string[] = ['EENVELOPE', 'EMESSAGE', 'EMAXRECIPIENTS'];

/**
 * Returns the outcome of an attempt that failed, by the codes of nodemailer's error. `hasBegun`: whether a part of the text
 * was sent, after which a server that sends no reply may have accepted it.
 */
export function toSending(error: unknown, hasBegun: boolean): Sending {
  const { data: facts } = errorSchema.safeParse(error);
  if (facts === undefined) {
    return { outcome: 'failed', code: 'UNKNOWN', mayHaveArrived: hasBegun, isServer: false };
  }
  const code = toCode(facts);
  return isFinal(facts)
    ? { outcome: 'refused', code }
    : {
        outcome: 'failed',
        code,
        mayHaveArrived: hasBegun && !isRejection(facts),
        isServer: !isAboutMail(facts),
      };
}

/** Returns the codes of an error for logs, such as `EENVELOPE 550`, or `ESOCKET ECONNREFUSED`. */
export const toErrorCode = (error: unknown): string => {
  const { data: facts } = errorSchema.safeParse(error);
  return facts === undefined ? 'UNKNOWN' : toCode(facts);
};

const toCode = ({ code, originalCode, responseCode }: Facts): string =>
  [code, responseCode ?? originalCode]
    .filter((part) => part !== undefined)
    .map((part) => (/^[A-Z0-9_]{1,60}$/.test(`${part}`) ? part : 'UNKNOWN'))
    .join(' ');

/**
 * Whether the same mail would be refused again. RFC 5321, 4.2.1: a client should not repeat what was answered by 5xx. A
 * refused sender is the configured one of all mails, so they can be sent when it is corrected.
 */
const isFinal = (facts: Facts): boolean =>
  facts.responseCode === undefined
    ? unsendable.includes(facts.code)
    : isAboutMail(facts) && facts.responseCode >= 500;

/** Whether the server replied that it does not accept the mail: then it must not deliver it (RFC 5321, 4.2.5 and 6.1). */
const isRejection = ({ code, responseCode = 0 }: Facts): boolean =>
  (code === 'EENVELOPE' || code === 'EMESSAGE') && responseCode >= 400;

/** Whether the reply is about the recipient or the text. All others concern every mail: 421 ends the service. */
const isAboutMail = ({ code, responseCode = 0, command }: Facts): boolean =>
  isRejection({ code, responseCode }) &&
  command !== 'MAIL FROM' &&
  responseCode !== 421 &&
  !sessionReplies.includes(responseCode);
