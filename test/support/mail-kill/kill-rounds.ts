import { setTimeout as sleep } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { mailSettings } from '../mail/mail-server.ts';
import {
  type ReceivedMail,
  type SmtpMoment,
  startSmtpServer,
  type TestSmtpServer,
} from '../mail/smtp-server.ts';
import { type Gatehouse, inProject, type ServingProcess } from '../process.ts';
import { beside, kill, type Rounds, type Turn } from '../rounds.ts';
import { type PreparedNodes, prepareNodes } from '../two-nodes.ts';
import { addUsers, type Caused, causeMails, createCaused } from './causes.ts';
import { balanceMails, drain } from './check-mails.ts';
import { mailDirectory, mailHistories } from './mail-project.ts';
import { useLinks } from './use-links.ts';

/** How much faster the clock of the senders is: a lease of 45 s ends after 1.5 s. */
const clockFactor = 30;
/** A kill comes at one of so many moments: each mail has four. */
const maxMoments = 24;
/** And so long after it at most: replies are noted in the database meanwhile. */
const maxDelayMs = 8;
/** A round takes a few seconds, in which each writer asks for some mails. */
const usersPerRound = 60;

/** A place for a node: its SMTP server stays when the node is killed, so that it is known which node sends. */
interface Place {
  readonly smtp: TestSmtpServer;
  /** Undefined until it is started. */
  node: ServingProcess | undefined;
}

/** Two nodes with accounts by mail over one PostgreSQL database, for a role that owns nothing. */
export interface MailNodes extends Pick<PreparedNodes, 'sql'> {
  /** The URLs of the nodes that run. */
  urls(): readonly string[];
  /** All mails that arrived from either. */
  mails(): readonly ReceivedMail[];
}

interface MailWorld extends MailNodes {
  readonly caused: Caused;
  readonly causes: readonly Turn[];
  /** Starts the nodes that do not run. */
  startAll(): Promise<void>;
  /** Resolves when a moment has been reached so many times at either node. */
  nextMoment(at: MailMoment, count: number): Promise<{ place: Place; moment: SmtpMoment }>;
}

/** When the node that sends is killed. `any`: at a random moment each time, and up to some milliseconds after it. */
export type MailMoment = SmtpMoment | 'any';

/** What a proof changes before the first mail, to plant a bug. */
type Prepare = (sql: MailNodes['sql']) => Promise<void>;

/**
 * Mails are queued all the time, and the node that sends is killed by SIGKILL, each time at another moment. The other node
 * sends meanwhile. In the end, all of them must have been sent, with links that work.
 */
export const mailKills = (
  gatehouse: Gatehouse,
  rounds: number,
  prepare: Prepare = async () => {},
): Rounds<MailWorld, MailMoment> => ({
  async start() {
    const world = await startMailNodes(gatehouse);
    await addUsers(world.sql, 100 + rounds * usersPerRound);
    await prepare(world.sql);
    return world;
  },
  async work({ causes, nextMoment, startAll }, at, found) {
    await beside(causes, async () => {
      await startAll();
      const count = at === 'any' ? 1 + Math.floor(Math.random() * maxMoments) : 1;
      const { place, moment } = await nextMoment(at, count);
      // A timer takes at least 1 ms.
      if (at === 'any' && found.rounds % 3 !== 1) await sleep(Math.random() * maxDelayMs);
      found.count(`killed: ${moment}`);
      const { node } = place;
      place.node = undefined;
      if (node !== undefined) await kill(node);
    });
  },
  async end(world, found) {
    await drain(world);
    await balanceMails(world, world.caused, found);
    await useLinks(world, found);
  },
  figure: (found) => `${found.rounds} kills: ${found.listed()}; ${found.faults.length} faults`,
});

async function startMailNodes(gatehouse: Gatehouse): Promise<MailWorld> {
  const nodes = await prepareNodes(inProject(gatehouse, mailDirectory), settings(), {
    histories: mailHistories,
  });
  let onMoment: (place: Place, moment: SmtpMoment) => void = () => {};
  const addPlace = async (): Promise<Place> => {
    const smtp = await startSmtpServer({ onMoment: (moment) => onMoment(place, moment) });
    onTestFinished(smtp.close);
    const place: Place = { smtp, node: undefined };
    return place;
  };
  const places = [await addPlace(), await addPlace()];
  const startAll = async () => {
    // The first node adds the ADMIN.
    for (const place of places) place.node ??= await nodes.serve(mailSettings(place.smtp.url));
  };
  await startAll();
  const urls = () => places.flatMap(({ node }) => node?.url ?? []);
  const caused = createCaused();
  return {
    sql: nodes.sql,
    urls,
    mails: () => places.flatMap(({ smtp }) => smtp.mails()),
    caused,
    causes: causeMails(urls, caused),
    startAll,
    nextMoment: (at, count) =>
      new Promise((resolve) => {
        let left = count;
        onMoment = (place, moment) => {
          if (at === 'any' || at === moment) left -= 1;
          if (left === 0) resolve({ place, moment });
        };
      }),
  };
}

const settings = () => ({
  TRUST_PROXY: '1',
  LOGIN_ATTEMPTS_PER_ACCOUNT: '1000000',
  LOGIN_ATTEMPTS_PER_ADDRESS: '1000000',
  MAIL_CLOCK_STARTS_AT: String(Date.now()),
  MAIL_CLOCK_FACTOR: String(clockFactor),
});
