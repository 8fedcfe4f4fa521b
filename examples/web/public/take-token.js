// The first script of account.html. It runs before styles, other scripts and requests: it removes the token of the link
// from the address, so that neither the history nor another page gets it, and hands it over once, from memory alone.
(() => {
  const { hash, pathname, search } = window.location;
  let token = new URLSearchParams(hash.slice(1)).get('token') ?? undefined;
  window.history.replaceState(null, '', `${pathname}${search}`);

  Object.defineProperty(window, 'takeToken', {
    configurable: true,
    value() {
      const taken = token;
      token = undefined;
      delete window.takeToken;
      return taken;
    },
  });

  // Another link that is opened in this tab may differ in its fragment alone, for which browsers load nothing.
  window.addEventListener('hashchange', () => window.location.reload());
})();
