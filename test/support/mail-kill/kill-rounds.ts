import type { Gatehouse } from '../process.ts';
import { addUsers, type Caused, causeMails, createCaused } from './causes.ts';
import { type Balance, balanceMails, drain } from './check-mails.ts';
import { type KillPlan, type Kills, killSenders } from './kill-senders.ts';
import { type MailNodes, startMailNodes } from './mail-nodes.ts';
import { useLinks } from './use-links.ts';

interface KillRounds extends KillPlan {
  /** Called before the first mail, to plant a bug. */
  readonly prepare?: (nodes: MailNodes) => Promise<void>;
}

/** What came of kills. */
interface KillTally {
  readonly kills: number;
  readonly moments: Kills;
  readonly caused: Caused;
  readonly balance: Balance;
  readonly links: Awaited<ReturnType<typeof useLinks>>;
}

/** A round takes a few seconds, in which each writer asks for some mails. */
const usersPerRound = 60;

/** Kills the node that sends by SIGKILL, while mails are queued all the time. In the end, all of them are sent. */
export async function killAmidMails(
  gatehouse: Gatehouse,
  { prepare, ...plan }: KillRounds,
): Promise<KillTally> {
  const nodes = await startMailNodes(gatehouse);
  await addUsers(nodes.sql, 100 + plan.rounds * usersPerRound);
  await prepare?.(nodes);
  const caused = createCaused();
  let isStopped = false;
  const killing = killSenders(nodes, plan).finally(() => {
    isStopped = true;
  });
  const [moments] = await Promise.all([killing, causeMails(nodes, caused, () => isStopped)]);
  await drain(nodes);
  const balance = await balanceMails(nodes, caused);
  const links = await useLinks(nodes);
  const kills = Object.values(moments).reduce((sum, each) => sum + each, 0);
  return { kills, moments, caused, balance, links };
}
