import { env } from 'node:process';
import { defineConfig } from 'vite';

const api = env.API_URL ?? 'http://127.0.0.1:4000';

export default defineConfig({
  build: {
    // account.html is the page that links of mails open.
    rolldownOptions: { input: ['index.html', 'account.html'] },
  },
  server: {
    proxy: {
      // For the browser, page and API have one origin. With `changeOrigin: true`, or a text in place of this object,
      // the API would receive another host than the one in `Origin`, and refuse the session cookie.
      '/graphql': { target: api, ws: true, changeOrigin: false },
      // Where identity providers send users back.
      '/providers': { target: api, changeOrigin: false },
    },
  },
});
