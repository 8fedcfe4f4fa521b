import { once } from 'node:events';
import { type ParsedMail, simpleParser } from 'mailparser';
import {
  SMTPServer,
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server';

/** How a server misbehaves. Numbers are the codes of its replies. */
export interface SmtpMisbehaviour {
  /** It accepts connections and sends nothing. */
  readonly isSilent?: boolean;
  readonly greeting?: number;
  readonly login?: number;
  readonly sender?: number;
  /** By recipient. */
  readonly recipients?: Readonly<Record<string, number>>;
  /** Of the text: its reply, or when it closes the connection. The last one keeps the mail. */
  readonly text?: number | 'closes in the middle' | 'closes before the reply';
}

/** What happens to a mail, in this order. A kept connection is used for several mails. */
export type SmtpMoment = 'connected' | 'recipient' | 'text' | 'accepted' | 'replied';

export interface SmtpServerOptions {
  /** Called at each moment, before the server goes on. */
  readonly onMoment?: (moment: SmtpMoment) => void;
  readonly login?: { readonly user: string; readonly password: string };
  /** `tls`: from the first byte. `starttls`: offered. Default: none. */
  readonly security?: 'tls' | 'starttls';
  /** Default: one of `localhost` that no client trusts. */
  readonly certificate?: { readonly key: Buffer; readonly cert: Buffer };
  /** Whether clients may send several commands at once. Default: true. */
  readonly hasPipelining?: boolean;
}

/** A mail that the server has accepted. */
export interface ReceivedMail extends ParsedMail {
  readonly envelope: { readonly from: string; readonly to: readonly string[] };
  readonly raw: string;
  /** Whether the connection had TLS. */
  readonly isEncrypted: boolean;
}

export interface TestSmtpServer {
  readonly port: number;
  /** The setting for it, with the login. */
  readonly url: string;
  /** All mails that it has accepted, oldest first. */
  mails(): readonly ReceivedMail[];
  /** Returns the first mail with a property that no earlier call has returned, and waits for it. */
  next(matches?: (mail: ReceivedMail) => boolean): Promise<ReceivedMail>;
  /** How many connections were opened. */
  connections(): number;
  /** Replaces its behaviour. Nothing: it behaves well. */
  misbehave(how?: SmtpMisbehaviour): void;
  /** Closes the port and all connections, until `comeBack`. */
  goAway(): Promise<void>;
  comeBack(): Promise<void>;
  close(): Promise<void>;
}

/** Starts an SMTP server on a free port of 127.0.0.1, or on `port`. */
export async function startSmtpServer(
  options: SmtpServerOptions = {},
  port = 0,
): Promise<TestSmtpServer> {
  const mailbox = createMailbox();
  const state: ServerState = { how: {}, opened: 0 };
  let server = await listen(options, { mailbox, state }, port);
  const { port: usedPort } = addressOf(server);
  const { login, security } = options;
  const credentials = login === undefined ? [] : [login.user, login.password];
  const userInfo = credentials.map(encodeURIComponent).join(':');
  return {
    port: usedPort,
    url: `${security === 'tls' ? 'smtps' : 'smtp'}://${userInfo}${userInfo && '@'}127.0.0.1:${usedPort}`,
    mails: mailbox.mails,
    next: mailbox.next,
    connections: () => state.opened,
    misbehave(how = {}) {
      state.how = how;
    },
    goAway: () => end(server),
    async comeBack() {
      server = await listen(options, { mailbox, state }, usedPort);
    },
    close: () => end(server),
  };
}

interface ServerState {
  how: SmtpMisbehaviour;
  opened: number;
}

interface Parts {
  readonly mailbox: ReturnType<typeof createMailbox>;
  readonly state: ServerState;
}

async function listen(options: SmtpServerOptions, parts: Parts, port: number): Promise<SMTPServer> {
  const server: SMTPServer = new SMTPServer({
    ...toServerOptions(options),
    ...createHandlers(parts, options, (id) => closeConnection(server, id)),
  });
  // Clients that close a connection, or do not trust the certificate.
  server.on('error', () => {});
  server.listen(port, '127.0.0.1');
  await once(server.server, 'listening');
  return server;
}

const toServerOptions = ({
  login,
  security,
  certificate,
  hasPipelining = true,
}: SmtpServerOptions): SMTPServerOptions => ({
  secure: security === 'tls',
  ...certificate,
  disabledCommands: [
    ...(security === undefined ? ['STARTTLS'] : []),
    ...(login === undefined ? ['AUTH'] : []),
  ],
  allowInsecureAuth: security === undefined,
  hidePIPELINING: !hasPipelining,
  disableReverseLookup: true,
  closeTimeout: 1,
  logger: false,
});

type Done = (error?: Error | null) => void;

function createHandlers(
  { mailbox, state }: Parts,
  { login, onMoment = () => {} }: SmtpServerOptions,
  closeConnectionOf: (sessionId: string) => void,
): SMTPServerOptions {
  const reply = (code: number | undefined, done: Done) =>
    code === undefined ? done() : done(toReply(code));
  return {
    onConnect(_session, done) {
      state.opened += 1;
      onMoment('connected');
      if (state.how.isSilent !== true) reply(state.how.greeting, done);
    },
    onAuth({ username, password }, _session, done) {
      const isRight = username === login?.user && password === login?.password;
      if (state.how.login !== undefined) done(toReply(state.how.login));
      else if (isRight) done(null, { user: username });
      else done(toReply(535));
    },
    onMailFrom: (_address, _session, done) => reply(state.how.sender, done),
    onRcptTo({ address }, _session, done) {
      onMoment('recipient');
      reply(state.how.recipients?.[address], done);
    },
    onData(stream, session, done) {
      const { text } = state.how;
      if (text === 'closes in the middle') {
        stream.once('data', () => closeConnectionOf(session.id));
        stream.resume();
        return;
      }
      onMoment('text');
      void receive(stream, session).then((mail) => {
        if (typeof text === 'number') return done(toReply(text));
        mailbox.add(mail);
        onMoment('accepted');
        if (text === 'closes before the reply') return closeConnectionOf(session.id);
        done();
        onMoment('replied');
      }, done);
    },
  };
}

/** The text of the reply is what must not be in logs. */
const toReply = (responseCode: number): Error =>
  Object.assign(new Error('secret words of the server'), { responseCode });

async function receive(
  stream: SMTPServerDataStream,
  { envelope, secure }: SMTPServerSession,
): Promise<ReceivedMail> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  const raw = Buffer.concat(chunks);
  return {
    ...(await simpleParser(raw)),
    envelope: {
      from: envelope.mailFrom === false ? '' : envelope.mailFrom.address,
      to: envelope.rcptTo.map(({ address }) => address),
    },
    raw: raw.toString(),
    isEncrypted: secure,
  };
}

/** Mails that were accepted, and who waits for one. */
function createMailbox() {
  const mails: ReceivedMail[] = [];
  const returned = new Set<ReceivedMail>();
  const waiting = new Set<(mail: ReceivedMail) => boolean>();
  return {
    mails: (): readonly ReceivedMail[] => [...mails],
    add(mail: ReceivedMail) {
      mails.push(mail);
      for (const take of waiting) {
        if (take(mail)) break;
      }
    },
    next: (matches: (mail: ReceivedMail) => boolean = () => true): Promise<ReceivedMail> =>
      new Promise((resolve) => {
        const take = (mail: ReceivedMail): boolean => {
          if (returned.has(mail) || !matches(mail)) return false;
          returned.add(mail);
          waiting.delete(take);
          resolve(mail);
          return true;
        };
        waiting.add(take);
        mails.some(take);
      }),
  };
}

const addressOf = ({ server }: SMTPServer): { readonly port: number } => {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no port.');
  return address;
};

function closeConnection({ connections }: SMTPServer, sessionId: string): void {
  for (const { id, _socket: socket } of connections) if (id === sessionId) socket.destroy();
}

async function end(server: SMTPServer): Promise<void> {
  if (!server.server.listening) return;
  for (const { _socket: socket } of server.connections) socket.destroy();
  await new Promise<void>((resolve) => server.close(resolve));
}
