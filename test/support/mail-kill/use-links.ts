import { ask } from '../ask.ts';
import { tokenOf } from '../mail/mail-server.ts';
import type { ReceivedMail } from '../mail/smtp-server.ts';
import { idOf } from './check-mails.ts';
import type { MailNodes } from './mail-nodes.ts';

/** How many links are used at a time. */
const atOnce = 4;

/** Uses the link of each mail that has one, of doubles once. Returns how many worked, and the answers of the others. */
export async function useLinks({ mails, urls }: Pick<MailNodes, 'mails' | 'urls'>) {
  const waiting = [...new Map(mails().map((mail) => [idOf(mail), mail])).values()].filter(
    ({ text = '' }) => text.includes('#token='),
  );
  const refused: string[] = [];
  let worked = 0;
  const worker = async (url: string): Promise<void> => {
    for (let mail = waiting.pop(); mail !== undefined; mail = waiting.pop()) {
      const { status, text } = await useLink(url, mail);
      if (status === 200) worked += 1;
      else refused.push(text);
    }
  };
  const nodes = urls();
  const workers = Array.from({ length: atOnce }, (_, n) => nodes[n % nodes.length]);
  await Promise.all(workers.map((url) => worker(`${url}/graphql`)));
  return { worked, refused };
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
