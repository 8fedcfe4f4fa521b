import { ask, LoggedOutError, type Session } from './session.ts';

/**
 * A session by cookie. The browser sends it with each request and each WebSocket, and no script can read it. A reload
 * and another tab continue it.
 */
export const createCookieSession = (url: string): Session => ({
  headers: () => ({}),
  connectionParams: async () => ({}),
  refresh: () => Promise.reject(new LoggedOutError('A session by cookie has no next token.')),
  async logIn(username, password) {
    const mutation = `mutation ($username: String!, $password: String!) {
      startSession(username: $username, password: $password) { groups } }`;
    await ask(url, mutation, { username, password });
  },
});
