import { mail } from '@graphql-gatehouse/mail';
import { defineConfig } from 'graphql-gatehouse';
import { speedUp } from './speed-up.ts';

const { MAIL_CLOCK_STARTS_AT: startsAt = '0', MAIL_CLOCK_FACTOR: factor = '1' } = process.env;

/** Accounts by mail with sign-up, whose background work can have a fast clock. */
export default defineConfig({
  domains: [],
  packages: [
    speedUp(mail({ signUp: true }), { startsAt: Number(startsAt), factor: Number(factor) }),
  ],
});
