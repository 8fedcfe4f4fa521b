import { randomUUID } from 'node:crypto';
import type { Locator, Page } from 'playwright-core';
import type { ConsolePage } from './console-browser.ts';
import { button, visit } from './console-people.ts';
import { codeOf } from './factors-server.ts';
import { userPassword } from './test-server.ts';

/** What a viewer walks through. */
export interface Walk {
  /** Opens the console in a new browser as a new viewer of the same kind. */
  open(): Promise<ConsolePage>;
  /** Makes a new subject of each kind, and returns its id. */
  readonly subjects: Readonly<Record<string, () => Promise<string>>>;
  /** Addresses beside those to which links lead. `{kind}` stands for the id of a subject, and `{self}` for the viewer's own. */
  readonly hashes: readonly string[];
}

/** What a walk has found. */
export interface Walked {
  /** The operations that were sent. */
  readonly sent: ReadonlySet<string>;
  /** The acts that were run to their end: an address, and the names of the buttons. */
  readonly acts: readonly string[];
  /** The acts that the server has refused, or of which the page says that they failed. */
  readonly refused: readonly string[];
}

/** A group that asks for two factors. Only who has proved two may give it to an API client. */
export const demanding = 'NURSE';

/** Codes of answers to acts that should not have been offered. */
const refusalPattern = /"code":"(?:UNAUTHENTICATED|FORBIDDEN|CONFLICT)"/;
/** It asks for a proof, which the walk gives. */
const proofPattern = /"reason":"(?:TOO_OLD|FACTOR_REQUIRED|FACTORS_MISSING)"/;

/** Walks through all pages to which links lead, and runs each act that they offer to its end on a new subject. */
export async function walk(given: Walk): Promise<Walked> {
  const walker = await createWalker(given);
  const pages = await walker.crawl();
  await walker.search();
  for (const { template, names } of pages) {
    for (const name of names) await walker.run(template, name);
  }
  return walker.end();
}

interface FoundPage {
  readonly template: string;
  /** The names of its controls. */
  readonly names: readonly string[];
}

async function createWalker({ open, subjects, hashes }: Walk) {
  const sent = new Set<string>();
  const acts: string[] = [];
  const refused: string[] = [];
  const tried = new Set<string>();
  const openWatched = async (): Promise<ConsolePage> => {
    const opened = await open();
    watchSocket(opened.page, sent);
    return opened;
  };
  const shared = await openWatched();
  /** A viewer whose own account is changed. */
  let changed: ConsolePage | undefined;

  const toHash = async (template: string, ids: ReadonlyMap<string, string>) => {
    let hash = template;
    for (const [, kind = ''] of template.matchAll(/\{(\w+)\}/g)) {
      hash = hash.replace(`{${kind}}`, ids.get(kind) ?? (await subjects[kind]?.()) ?? '');
    }
    return hash;
  };

  function note(opened: ConsolePage, act: string, from: number): void {
    for (const { name, isDecision, status, text } of opened.traffic.answers.slice(from)) {
      if (isDecision) continue;
      sent.add(name);
      const isRefused = [401, 403, 409].includes(status) || refusalPattern.test(text);
      if (isRefused && !proofPattern.test(text)) refused.push(`${act}: ${name} ${text}`);
    }
  }

  /** Clicks a control that is shown, and runs what it begins to its end. */
  async function use(opened: ConsolePage, act: string, control: Control): Promise<void> {
    const { page, traffic } = opened;
    const from = traffic.answers.length;
    await controls(page).nth(control.index).click();
    const problems = await finish(opened);
    note(opened, act, from);
    acts.push(act);
    refused.push(...problems.map((text) => `${act}: ${text}`));
    // What failed is shown until then.
    if (problems.length > 0) await page.reload();
  }

  /** Uses what was not there before. */
  async function goOn(opened: ConsolePage, key: string, act: string, left = 1): Promise<void> {
    const next = (await controlsOf(opened.page)).findLast(
      ({ name }) => !tried.has(`${key} ${name}`),
    );
    if (next === undefined || left === 0) return;
    tried.add(`${key} ${next.name}`);
    await use(opened, `${act}, ${next.name}`, next);
    await goOn(opened, key, `${act}, ${next.name}`, left - 1);
  }

  async function find(opened: ConsolePage, template: string, name: string) {
    if ((await opened.page.getByRole('banner').count()) === 0) return undefined;
    const look = async () =>
      (await controlsOf(opened.page)).find((control) => control.name === name);
    await visit(opened, await toHash(template, new Map([['self', opened.user.id]])));
    const found = await look();
    if (found !== undefined) return found;
    // What was made since is not in a list that was read before.
    await opened.page.reload();
    await opened.page.locator('h1').waitFor();
    await opened.traffic.settle();
    return look();
  }

  return {
    /** Finds the pages, with their controls. */
    async crawl(): Promise<readonly FoundPage[]> {
      const ids = new Map([['self', shared.user.id]]);
      for (const [kind, make] of Object.entries(subjects)) ids.set(kind, await make());
      const waiting = ['', ...hashes];
      const known = new Set(waiting.map(keyOf));
      const pages: FoundPage[] = [];
      for (let template = waiting.shift(); template !== undefined; template = waiting.shift()) {
        const from = shared.traffic.answers.length;
        await visit(shared, await toHash(template, ids));
        note(shared, template, from);
        // Without a name, the first page is shown that the viewer may use: links lead to it too.
        const found = template === '' ? [] : await controlsOf(shared.page);
        pages.push({ template, names: found.map(({ name }) => name) });
        for (const link of await linksOf(shared.page, ids)) {
          if (known.has(keyOf(link))) continue;
          known.add(keyOf(link));
          waiting.push(link);
        }
      }
      for (const { template, names } of pages) {
        for (const name of names) tried.add(`${subjectOf(template)} ${name}`);
      }
      return pages;
    },
    /** Searches everywhere, if that is offered. */
    async search(): Promise<void> {
      const { page, traffic } = shared;
      const from = traffic.answers.length;
      const opener = button(page.getByRole('banner'), 'Search');
      if (!(await opener.isVisible())) return;
      await opener.click();
      const opened = page.getByRole('dialog', { name: 'Search' });
      // It is in names of pages too: what is found begins to be read when they are shown.
      await opened.getByRole('textbox').fill('user');
      await opened.getByRole('listitem').first().waitFor();
      await traffic.settle();
      note(shared, 'search', from);
      await page.keyboard.press('Escape');
    },
    /** Runs an act on a new subject, and what it makes possible. */
    async run(template: string, name: string): Promise<void> {
      const key = subjectOf(template);
      if (acts.includes(`${key} ${name}`)) return;
      const isOwn = /^#\/account|\{self\}/.test(template);
      if (changed !== undefined && areCodesUsed(changed.page)) {
        // Recovery codes would run out too.
        await changed.context.close();
        changed = undefined;
      }
      changed ??= isOwn ? await openWatched() : undefined;
      let opened = isOwn && changed ? changed : shared;
      let control = await find(opened, template, name);
      if (control === undefined && isOwn) {
        // An act before has changed the account.
        await opened.context.close();
        opened = await openWatched();
        changed = opened;
        control = await find(opened, template, name);
      }
      if (control === undefined) return void refused.push(`${key} ${name}: is not there`);
      await use(opened, `${key} ${name}`, control);
      await goOn(opened, key, `${key} ${name}`);
    },
    async end(): Promise<Walked> {
      await shared.context.close();
      await changed?.context.close();
      return { sent, acts, refused };
    },
  };
}

/** What is named alike on all parts of a page, or of the page of a subject, begins the same act. */
const subjectOf = (template: string): string =>
  /^#\/\w+(?:\/\{\w+\})?/.exec(template)?.[0] ?? template;

/** Addresses with another id, group or choice show the same page. */
const keyOf = (template: string): string => {
  const [path = '', query = ''] = template.split('?');
  const names = [...new URLSearchParams(query)].map(([name, value]) =>
    ['as', 'by'].includes(name) ? `${name}=${value}` : name,
  );
  return [path.replace(/^(#\/groups\/)\w+/, '$1:'), ...names].join(' ');
};

/** Where links of the page lead, with known ids as their kinds. Addresses with other ids are left out. */
async function linksOf(page: Page, ids: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const found = await page.evaluate<string[]>(
    `[...document.querySelectorAll('a[href^="#/"]')].map((link) => link.getAttribute('href'))`,
  );
  return found
    .map((hash) => [...ids].reduce((text, [kind, id]) => text.replaceAll(id, `{${kind}}`), hash))
    .filter((hash) => !/[0-9a-f]{8}-[0-9a-f]{4}-/.test(hash));
}

/** What can be used in a page. */
interface Control {
  /** The name, without what another subject has other: equal names begin the same act. */
  readonly name: string;
  /** Among {@link controls}. */
  readonly index: number;
}

const controls = (page: Page): Locator =>
  page.getByRole('main').locator('button:visible, summary:visible, input[type=checkbox]:visible');

async function controlsOf(page: Page): Promise<readonly Control[]> {
  if ((await page.getByRole('banner').count()) === 0) return [];
  const found = await controls(page).evaluateAll((elements) =>
    elements.map((element) => {
      // What each page says of the account is used on the page of the account.
      const isElsewhere = element.matches('.notice *') && !location.hash.startsWith('#/account');
      const isOff =
        element.matches(':disabled, dialog *') || element.getAttribute('aria-disabled') === 'true';
      const isLink = element.matches('.link');
      const text =
        element instanceof HTMLInputElement
          ? (element.labels?.[0]?.textContent ?? '')
          : (element.ariaLabel ?? element.textContent ?? '');
      // Types that open, and records: one of them stands for all.
      const name = isLink ? (element.ariaExpanded === null ? 'a record' : 'a type') : text;
      return { name, isOff: isOff || isElsewhere };
    }),
  );
  const seen = new Set<string>();
  return found.flatMap(({ name: text, isOff }, index) => {
    const name = text
      .trim()
      .replaceAll(/[\w-]+@example\.org|(?:user|made)-[0-9a-f]{8}/g, ':')
      .replace(/\d.*$/, '');
    if (isOff || seen.has(name)) return [];
    seen.add(name);
    return [{ name, index }];
  });
}

const confirmation = 'Confirm it is you';

/** Fills and sends the dialogs that are open, until none is. Returns what the page says that has failed. */
async function finish(opened: ConsolePage): Promise<readonly string[]> {
  const { page } = opened;
  const sentTitles: string[] = [];
  const problems: string[] = [];
  for (let step = 0; step < 10; step += 1) {
    await settle(opened);
    const codes = await page.locator('.recovery-codes code').allTextContents();
    if (codes.length > 0) recoveryCodes.set(page, codes);
    problems.push(...(await page.getByRole('alert').allTextContents()).filter(isProblem));
    const dialog = page.getByRole('dialog').last();
    if (!(await dialog.isVisible())) break;
    const title = (await dialog.getByRole('heading').first().textContent()) ?? '';
    const send = dialog.locator('button:is(.main, .solid)').last();
    const isSent = sentTitles.includes(title) && title !== confirmation;
    if (isSent || (await send.count()) === 0) {
      // A secret is asked about before it is gone.
      const close = dialog.getByRole('button', { name: /^Close(?: anyway)?$/ });
      await close.last().click();
      continue;
    }
    sentTitles.push(title);
    const passkey = button(dialog, 'Use a passkey');
    if (await passkey.isVisible()) {
      await passkey.click();
      continue;
    }
    const recoveryCode = button(dialog, 'Use a recovery code');
    if (areCodesUsed(page) && (await recoveryCode.isVisible())) await recoveryCode.click();
    await fill(dialog, opened);
    await send.click();
  }
  if (await page.getByRole('dialog').last().isVisible()) {
    problems.push(`does not end: ${await page.getByRole('dialog').last().textContent()}`);
    await page.reload();
  }
  return problems;
}

/** Waits until all is answered, and what runs has ended. */
async function settle({ page, traffic }: ConsolePage): Promise<void> {
  await traffic.settle();
  const running = page.locator(
    ':is(main, dialog) button[aria-disabled=true]:not([aria-describedby], .live *)',
  );
  for (let round = 0; round < 100 && (await running.count()) > 0; round += 1) {
    if (await page.getByRole('dialog', { name: confirmation }).isVisible()) return;
    await traffic.settle();
  }
}

const typed: Readonly<Record<string, () => string>> = {
  username: () => `made-${randomUUID().slice(0, 8)}`,
  email: () => `${randomUUID()}@example.org`,
  displayName: () => 'Another name',
  name: () => `made-${randomUUID().slice(0, 8)}`,
};

const newPassword = 'seven-lanterns-by-the-quay';
const passwords = new WeakMap<Page, string>();
const passwordOf = (page: Page): string => passwords.get(page) ?? userPassword;

/** Fills a form as a person would who wants all of it. */
async function fill(dialog: Locator, { page }: ConsolePage): Promise<void> {
  for (const select of await dialog.locator('select:visible').all()) {
    await select.selectOption({ index: (await select.locator('option').count()) - 1 });
  }
  for (const box of await dialog.locator('input[type=checkbox]:visible:enabled').all()) {
    await box.check();
  }
  const group = dialog.locator('input[name=group]').last();
  if ((await group.count()) > 0) await group.check();
  for (const input of await dialog.locator('input:visible').all()) {
    const name = (await input.getAttribute('name')) ?? '';
    const text = typed[name]?.();
    if (text !== undefined) {
      // Another address would have to be confirmed again.
      if (name !== 'email' || (await input.inputValue()) === '') await input.fill(text);
    } else if (/^(?:current-)?password$|^currentPassword$/.test(name))
      await input.fill(passwordOf(page));
    else if (name === 'recoveryCode') {
      const [code = '', ...left] = recoveryCodes.get(page) ?? [];
      recoveryCodes.set(page, left);
      await input.fill(code);
    } else if (name === 'typed-name') await input.fill(await typedName(input));
    else if (name === 'otp') {
      await input.fill(await nextCode(dialog, page));
    } else if (['new-password', 'newPassword'].includes(name) && (await isOwnPassword(dialog))) {
      await input.fill(newPassword);
      passwords.set(page, newPassword);
    }
  }
}

/** What a viewer has added to its account. */
interface Device {
  /** Of the app. */
  readonly secret: string;
  /** Its codes that were used. None works twice, and the next one works already. */
  readonly used: number;
}

const recoveryCodes = new WeakMap<Page, readonly string[]>();
const devices = new WeakMap<Page, Device>();

/** Whether the server would refuse the next code of the app, which is of a later time. */
const areCodesUsed = (page: Page): boolean => (devices.get(page)?.used ?? 0) > 1;

/** Adds an authenticator app to the account of the viewer, with which acts in this page are proved. */
export async function addApp(opened: ConsolePage): Promise<void> {
  await visit(opened, '#/account/sign-in');
  await button(opened.page, 'Add an authenticator app').click();
  const problems = await finish(opened);
  if (problems.length > 0) throw new Error(problems.join());
}

async function nextCode(dialog: Locator, page: Page): Promise<string> {
  const shown = dialog.locator('code').last();
  // A new app shows its own secret.
  const known = (await shown.count()) > 0 ? undefined : devices.get(page);
  const { secret, used } = known ?? { secret: (await shown.textContent()) ?? '', used: 0 };
  devices.set(page, { secret, used: used + 1 });
  return codeOf(secret, new Date(Date.now() + used * 30_000));
}

const isOwnPassword = async (dialog: Locator): Promise<boolean> =>
  (await dialog.locator('[name=currentPassword]').count()) > 0;

/** The name that must be typed, of the label. */
const typedName = (input: Locator): Promise<string> =>
  input.evaluate((element) =>
    element instanceof HTMLInputElement
      ? (/^Type (.*) to confirm$/.exec(element.labels?.[0]?.textContent ?? '')?.[1] ?? '')
      : '',
  );

/** Notes the subscriptions of a page. */
const watchSocket = (page: Page, sent: Set<string>): void => {
  page.on('websocket', (socket) =>
    socket.on('framesent', ({ payload }) => {
      const [, name] = /subscription (\w+)/.exec(String(payload)) ?? [];
      if (name !== undefined) sent.add(name);
    }),
  );
};

/** Before a secret is gone, the page asks. */
const isProblem = (text: string): boolean => text !== '' && !text.startsWith('It was not copied');
