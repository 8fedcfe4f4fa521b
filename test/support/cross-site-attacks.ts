import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';

/** What an attack sends, and where. */
export interface Target {
  /** The URL of the endpoint. */
  readonly url: string;
  readonly query: string;
}

/** Returns what a script of the page has read of the response; undefined: nothing. */
export type Attack = (page: Page, target: Target) => Promise<unknown>;

interface Form {
  readonly method: 'get' | 'post';
  readonly enctype: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** Sends a form into another tab, and tries to read the response there. */
async function sendForm(page: Page, url: string, form: Form): Promise<unknown> {
  // A name of its own: Chromium may keep that of a window in which it has shown no answer.
  const target = `answer-${randomUUID()}`;
  const [tab] = await Promise.all([
    page.waitForEvent('popup'),
    page.evaluate((name) => {
      Object.assign(window, { answer: window.open('about:blank', name) });
    }, target),
  ]);
  await Promise.all([
    // It fails where the browser shows no answer, as in a window of a sandbox.
    tab.waitForURL((shown) => shown.href.startsWith(url)).catch(() => {}),
    page.evaluate(
      ({ url, target, form: { method, enctype, fields } }) => {
        const form = document.createElement('form');
        Object.assign(form, { action: url, method, enctype, target });
        for (const [name, value] of Object.entries(fields)) {
          const field = document.createElement('input');
          Object.assign(field, { name, value });
          form.append(field);
        }
        document.body.append(form);
        form.submit();
      },
      { url, target, form },
    ),
  ]);
  const read = await page.evaluate(() => {
    try {
      return Reflect.get(window, 'answer').document.body.textContent;
    } catch {
      return undefined; // of another origin, or of another group of browsing contexts
    }
  });
  await tab.close();
  return read;
}

interface Fetch {
  readonly method?: string;
  readonly contentType?: string;
  readonly mode: 'cors' | 'no-cors';
  readonly credentials: 'include' | 'omit';
  /** `form`: multipart, with the fields of the GraphQL multipart request specification. */
  readonly body: 'json' | 'form' | 'none';
}

const sendFetch = (page: Page, target: Target, options: Fetch): Promise<unknown> =>
  page.evaluate(
    async ({ url, query, method = 'POST', contentType, mode, credentials, body }) => {
      const operations = JSON.stringify({ query });
      const form = new FormData();
      form.append('operations', operations);
      form.append('map', '{}');
      try {
        const response = await fetch(url, {
          method,
          mode,
          credentials,
          headers: contentType === undefined ? {} : { 'content-type': contentType },
          body: { json: operations, form, none: null }[body],
        });
        return (await response.text()) || undefined;
      } catch {
        return undefined; // CORS forbids to read it, or the preflight was refused
      }
    },
    { ...target, ...options },
  );

/** Loads an element with a URL. Returns what of it a script can read. */
const loadElement = (page: Page, url: string, tag: 'img' | 'script' | 'iframe'): Promise<unknown> =>
  page.evaluate(
    ({ url, tag }) =>
      new Promise<unknown>((resolve) => {
        const element = document.createElement(tag);
        const readFrame = () =>
          element instanceof HTMLIFrameElement
            ? (element.contentDocument?.body.textContent ?? undefined)
            : `loaded ${tag}`;
        element.addEventListener('load', () => resolve(readFrame()));
        element.addEventListener('error', () => resolve(undefined));
        Object.assign(element, { src: url });
        document.body.append(element);
      }),
    { url, tag },
  );

const toGet = ({ url, query }: Target): Target => ({
  url: `${url}?${new URLSearchParams({ query })}`,
  query,
});

const json = { contentType: 'application/json', body: 'json' } as const;
const get = { method: 'GET', body: 'none' } as const;

/** Opens a WebSocket with the protocol of graphql-ws. Returns its messages once it is closed. */
export const subscribe: Attack = (page, { url, query }) =>
  page.evaluate(
    ({ url, query }) =>
      new Promise<unknown>((resolve) => {
        const messages: string[] = [];
        const socket = new WebSocket(url.replace(/^http/, 'ws'), 'graphql-transport-ws');
        socket.addEventListener('open', () => socket.send('{"type":"connection_init"}'));
        socket.addEventListener('message', ({ data }) => {
          messages.push(data);
          const { type } = JSON.parse(data);
          const message = { id: '1', type: 'subscribe', payload: { query } };
          if (type === 'connection_ack') socket.send(JSON.stringify(message));
          if (type === 'complete' || type === 'error') socket.close();
        });
        socket.addEventListener('close', () => resolve(messages.length > 0 ? messages : undefined));
      }),
    { url, query },
  );

/** Every kind of HTTP request that a page can make a browser send to another origin. */
export const httpAttacks = {
  'a form with GET': (page, { url, query }) =>
    sendForm(page, url, {
      method: 'get',
      enctype: 'application/x-www-form-urlencoded',
      fields: { query },
    }),
  'a form with POST': (page, { url, query }) =>
    sendForm(page, url, {
      method: 'post',
      enctype: 'application/x-www-form-urlencoded',
      fields: { query },
    }),
  // The `=` between name and value is part of a string: the body is JSON.
  'a form of text/plain that contains JSON': (page, { url, query }) =>
    sendForm(page, url, {
      method: 'post',
      enctype: 'text/plain',
      fields: { [`{"query":${JSON.stringify(query)},"padding":"`]: '"}' },
    }),
  'a form of multipart/form-data': (page, { url, query }) =>
    sendForm(page, url, {
      method: 'post',
      enctype: 'multipart/form-data',
      fields: { operations: JSON.stringify({ query }), map: '{}' },
    }),
  'a fetch of JSON with credentials': (page, target) =>
    sendFetch(page, target, { ...json, mode: 'cors', credentials: 'include' }),
  'a fetch of JSON without credentials': (page, target) =>
    sendFetch(page, target, { ...json, mode: 'cors', credentials: 'omit' }),
  'a fetch of text/plain with credentials': (page, target) =>
    sendFetch(page, target, { body: 'json', mode: 'cors', credentials: 'include' }),
  'a fetch of text/plain without CORS': (page, target) =>
    sendFetch(page, target, { body: 'json', mode: 'no-cors', credentials: 'include' }),
  'a fetch of multipart/form-data with credentials': (page, target) =>
    sendFetch(page, target, { body: 'form', mode: 'cors', credentials: 'include' }),
  'a fetch with GET and credentials': (page, target) =>
    sendFetch(page, toGet(target), { ...get, mode: 'cors', credentials: 'include' }),
  'a fetch with GET without credentials': (page, target) =>
    sendFetch(page, toGet(target), { ...get, mode: 'cors', credentials: 'omit' }),
  'an image': (page, target) => loadElement(page, toGet(target).url, 'img'),
  'a script element': (page, target) => loadElement(page, toGet(target).url, 'script'),
  'a frame': (page, target) => loadElement(page, toGet(target).url, 'iframe'),
} satisfies Readonly<Record<string, Attack>>;
