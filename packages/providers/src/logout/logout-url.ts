import { userOf } from 'graphql-gatehouse/package';
import type { QueryResolvers } from '../generated/resolver-types.ts';
import { attempt } from '../providers-protocol.ts';
import { mayReturnTo } from '../return-to.ts';
import { findProviderOf } from './logout.store.ts';

export const logoutFields = {
  /** Returns where the viewer logs out at its provider. @throws BAD_USER_INPUT for an address that the settings do not have. */
  async providerLogoutUrl(parts, { returnTo }, { viewer }) {
    const { errors, sql, addresses } = parts;
    if (!mayReturnTo(returnTo, { allowed: addresses.ofPages, isApp: false })) {
      throw errors.badInput('returnTo', '`returnTo` is not an address of PROVIDERS_RETURN_TO.');
    }
    const found = await findProviderOf(sql, userOf(viewer).sessionId);
    if (found === undefined) return null;
    const url = await attempt(parts, found.provider, (protocol) => protocol.logoutUrl(returnTo));
    return url?.href ?? null;
  },
} satisfies QueryResolvers;
