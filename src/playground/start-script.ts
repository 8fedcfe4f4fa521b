import type { AltairConfigOptions } from 'altair-static';

/**
 * Altair writes its whole state to IndexedDB (store `appState`), even with `preserveState: false`: also the tokens and
 * passwords that a person types into headers and variables. This replaces such writes by reads, so that they are not
 * stored. Saved collections are kept: they have their own store.
 */
const keepStateOutOfStorage = `for (const method of ['add', 'put']) {
  const write = IDBObjectStore.prototype[method];
  IDBObjectStore.prototype[method] = function (record, ...rest) {
    return this.name === 'appState'
      ? this.getKey(record.key)
      : write.call(this, record, ...rest);
  };
}
`;

/**
 * Renders the module that starts Altair in the browser. It is served as a file, so that the page needs no inline
 * script.
 *
 * Addresses come from the browser's location, so they are right behind any proxy.
 */
export function renderStartScript(options: AltairConfigOptions): string {
  return `${keepStateOutOfStorage}
document.title = 'Queries · ' + location.host;
const endpointURL = location.origin + location.pathname;
const addresses = { endpointURL, subscriptionsEndpoint: endpointURL.replace(/^http/, 'ws') };
const options = ${JSON.stringify(options, null, 2)};

AltairGraphQL.init({
  ...options,
  ...addresses,
  initialWindows: options.initialWindows.map((window) => ({ ...window, ...addresses })),
});
`;
}
