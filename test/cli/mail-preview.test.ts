import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { repository, useGatehouse } from '../support/process.ts';
import { unpackDatabase } from '../support/unpack-database.ts';

const gatehouse = useGatehouse();
const source = join(repository, 'packages', 'mail', 'src');
const config = `import { preview } from '${source}/commands/preview.ts';
import { createParts } from '${source}/parts.ts';
import { linkNames } from '${source}/purpose.ts';
import { mailPurposes } from '${source}/purposes.ts';
import { createSettings } from '${source}/settings.ts';
const settings = createSettings(linkNames(mailPurposes));
const texts = { fr: { notice: { subject: '{event}', body: '{event}' }, events: { other: 'Bonjour' } } };
const open = (runtime) => createParts(runtime, { texts });
export default {
  packages: [{ name: 'mail', settings, open, commands: { 'mail preview': preview } }],
};
`;
const preview = (...words: readonly string[]) =>
  gatehouse.runHere(['--project', gatehouse.folder(), 'mail', 'preview', ...words], {
    MAIL_SITE: 'Rooms',
    // Without one, the package reads a key of its tables, which are not there.
    MAIL_KEY: 'A'.repeat(43),
    MAIL_LINKS: 'web=https://www.example.org/account/{purpose}',
  });

beforeEach(async () => {
  await writeFile(join(gatehouse.folder(), 'gatehouse.config.mjs'), config);
  await unpackDatabase(gatehouse.dataDir(), 'gatehouse');
});

describe('gatehouse mail preview', () => {
  it('prints a mail with the pages and times of the settings, in a language', async () => {
    const { code, stdout, stderr } = await preview('undo', '--locale', 'de-AT');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^Subject: Die Adresse Ihres Kontos bei Rooms wurde geändert\n\n/);
    expect(stdout).toMatch(/\nhttps:\/\/www\.example\.org\/account\/undo#token=SAMPLEx+\n/);
    expect(stdout).toContain('Der Link funktioniert einmal, 7 Tage lang.');
  });

  it('prints the HTML, and a mail for several accounts', async () => {
    const { stdout } = await preview('reset', '--html', '--several');
    expect(stdout).toMatch(/^<!DOCTYPE html>\n<html lang="en" dir="ltr">/);
    expect(
      stdout.match(/<a href="https:\/\/www\.example\.org\/account\/reset#token=/g),
    ).toHaveLength(2);
  });

  it('prints what a notice says of an action, in the texts of the project too', async () => {
    const { stdout } = await preview('notice', '--action', 'passkey.added');
    expect(stdout).toMatch(/^Subject: A passkey was added to your account \(Rooms\)\n/);
    expect((await preview('notice', '--locale', 'fr')).stdout).toBe(
      'Subject: Bonjour\n\nBonjour\n',
    );
  });

  it('refuses a mail that does not exist, and names all of them', async () => {
    const { code, stderr } = await preview('welcome');
    expect(code).toBe(1);
    expect(stderr).toContain('invitation, sign-up, reset, verification, address, undo');
  });
});
