import { Readable } from 'node:stream';
import { createTransport, type Transporter } from 'nodemailer';
import type { OutgoingMail, Transport } from './mail.ts';
import type { MailUrl } from './mail-url.ts';
import { isPlainAddress } from './plain-address.ts';
import { toErrorCode, toSending } from './smtp-outcome.ts';

const usualTimeouts = {
  connection: 10_000,
  greeting: 10_000,
  /** Without any byte from the server. */
  socket: 30_000,
  /** Of a whole attempt. Shorter than the lease of a sender, and than the time until a mail is due again. */
  attempt: 40_000,
};

export interface SmtpOptions {
  readonly url: MailUrl;
  /** The address that mails come from, and their bounces go to. */
  readonly from: string;
  /** The name beside it. */
  readonly site: string;
  /** Certificates of authorities, in PEM. Default: those of Node.js. */
  readonly authorities?: string;
  readonly timeouts?: typeof usualTimeouts;
}

/** One for each queue. */
const maxConnections = 2;

/** Sends mails to an SMTP server. Connects when it sends, and keeps connections for the next mails until it is closed. */
export function createSmtpTransport(options: SmtpOptions): Transport {
  const { timeouts = usualTimeouts } = options;
  let opened: ReturnType<typeof openPool> | undefined;
  const open = () => {
    opened ??= openPool(options, timeouts);
    return opened;
  };
  return {
    async send(mail, id) {
      if (!isPlainAddress(mail.to)) return { outcome: 'refused', code: 'EADDRESS' };
      const message = toMessage(mail, id, options);
      const { transporter, begun } = open();
      try {
        await transporter.sendMail({ ...message, signal: AbortSignal.timeout(timeouts.attempt) });
        return { outcome: 'sent' };
      } catch (error) {
        return toSending(error, begun.has(message.messageId));
      } finally {
        begun.delete(message.messageId);
      }
    },
    async check() {
      try {
        await open().transporter.verify();
      } catch (error) {
        throw new Error(`The mail server is unavailable: ${toErrorCode(error)}.`);
      }
    },
    close() {
      opened?.transporter.close();
      opened = undefined;
    },
  };
}

/** Opens connections, and the IDs of messages of whose text a part was sent over them. */
function openPool({ url, authorities: ca }: SmtpOptions, timeouts: typeof usualTimeouts) {
  const transporter = createTransport({
    pool: true,
    maxConnections,
    // An open connection keeps a process alive that is to stop.
    idleTimeout: 5_000,
    // Repeats what a kept connection was closed for before a part of the text was sent, and nothing else.
    maxRequeues: 1,
    host: url.host,
    port: url.port,
    secure: url.security === 'tls',
    requireTLS: url.security === 'starttls',
    tls: {
      minVersion: 'TLSv1.2',
      // On this machine mails may go without TLS, so the certificate of a local relay does not matter.
      rejectUnauthorized: url.security !== 'starttls-if-offered',
      ca,
    },
    ...(url.login !== undefined && {
      auth: { user: url.login.user, pass: url.login.password },
      forceAuth: true,
    }),
    connectionTimeout: timeouts.connection,
    greetingTimeout: timeouts.greeting,
    socketTimeout: timeouts.socket,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return { transporter, begun: watchTexts(transporter) };
}

/**
 * Returns the IDs of messages of whose text a part was sent. Errors of nodemailer do not contain it: a connection that is
 * closed before DATA has the same codes as one that is closed in the text.
 */
function watchTexts(transporter: Transporter): Set<string> {
  const begun = new Set<string>();
  transporter.use('stream', ({ message }, done) => {
    message.processFunc((text) =>
      Readable.from(
        readText(text, () => begun.add(message.messageId())),
        { objectMode: false },
      ),
    );
    done();
  });
  return begun;
}

/** The text is read when the server has accepted DATA, not before. */
async function* readText(text: Readable, onBegin: () => void): AsyncGenerator<unknown> {
  onBegin();
  yield* text;
}

/** Retries of a mail have the same ID, by which mail programs find doubles. Objects are not parsed as lists. */
const toMessage = (mail: OutgoingMail, id: string, { from, site }: SmtpOptions) => {
  const to = { name: '', address: mail.to };
  return {
    envelope: { from: { name: '', address: from }, to },
    from: { name: site, address: from },
    to,
    messageId: `<${id}@${from.slice(from.indexOf('@') + 1)}>`,
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    headers: {
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
      'Content-Language': mail.language,
    },
  };
};
