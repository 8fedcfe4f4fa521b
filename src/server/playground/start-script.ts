import type { AltairConfigOptions } from 'altair-static';

/**
 * Altair writes its whole state to IndexedDB (store `appState`), even with `preserveState: false`: the password among
 * the variables, and the token. This replaces such writes by reads, so that neither is stored. Saved collections are
 * kept: they have their own store.
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
 * Altair shows the last of its initial windows, with the variables collapsed, and has no option for either. This
 * selects the first window and opens its variables.
 */
const beginInFirstWindow = `const isVisible = (element) => element.offsetParent !== null;
const observer = new MutationObserver(() => {
  const tabs = [...document.querySelectorAll('.window-switcher__item')];
  const current = tabs.findIndex((tab) => tab.matches('.window-switcher__item--active'));
  if (current === options.initialWindows.length - 1) tabs[0].click();
  if (current !== 0) return;
  const fold = [...document.querySelectorAll('[track-id="toggle_variables"]')].find(isVisible);
  if (fold === undefined) return;
  observer.disconnect();
  fold.click();
});
observer.observe(document.body, { subtree: true, childList: true, attributeFilter: ['class'] });
`;

/**
 * Renders the module that starts Altair in the browser. It is served as a file, so that the page needs no inline
 * script.
 *
 * Addresses come from the browser's location, so they are right behind any proxy.
 */
export function renderStartScript(options: AltairConfigOptions): string {
  return `${keepStateOutOfStorage}
const endpointURL = location.origin + location.pathname;
const addresses = { endpointURL, subscriptionsEndpoint: endpointURL.replace(/^http/, 'ws') };
const options = ${JSON.stringify(options, null, 2)};

${beginInFirstWindow}
AltairGraphQL.init({
  ...options,
  ...addresses,
  initialWindows: options.initialWindows.map((window) => ({ ...window, ...addresses })),
});
`;
}
