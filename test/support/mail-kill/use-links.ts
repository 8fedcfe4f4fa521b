import { ask } from '../ask.ts';
import { tokenOf } from '../mail/mail-server.ts';
import type { ReceivedMail } from '../mail/smtp-server.ts';
import type { Findings } from '../rounds.ts';
import { idOf } from './check-mails.ts';
import type { MailNodes } from './kill-rounds.ts';

/** How many links are used at a time. */
const atOnce = 4;

/** Uses the link of each mail that has one, of doubles once. All must work. */
export async function useLinks(
  { mails, urls }: Pick<MailNodes, 'mails' | 'urls'>,
  found: Findings,
): Promise<void> {
  const waiting = [...new Map(mails().map((mail) => [idOf(mail), mail])).values()].filter(
    ({ text = '' }) => text.includes('#token='),
  );
  const worker = async (url: string): Promise<void> => {
    for (let mail = waiting.pop(); mail !== undefined; mail = waiting.pop()) {
      const { status, text } = await useLink(url, mail);
      if (status === 200) found.count('links worked');
      else found.fault(`a link was refused: ${text}`);
    }
  };
  const nodes = urls();
  const workers = Array.from({ length: atOnce }, (_, n) => nodes[n % nodes.length]);
  await Promise.all(workers.map((url) => worker(`${url}/graphql`)));
}

function useLink(url: string, mail: ReceivedMail) {
  const token = tokenOf(mail);
  const variables = {
    token,
    password: 'plum-kettle-orbit-58-fern',
    username: `joined-${idOf(mail)}`,
  };
  return ask(url, mail.text?.includes('/invitation#') ? accept : reset, { variables });
}

const accept = `mutation ($token: String!, $password: String!, $username: String!) {
  acceptInvitation(token: $token, password: $password, username: $username) }`;
const reset = `mutation ($token: String!, $password: String!) {
  resetPasswordByMail(token: $token, newPassword: $password) }`;
