import type { RouteRules } from '../../values/route.ts';
import {
  missingHost,
  type Refusal,
  refuseBodyCoding,
  refuseLongTypes,
} from '../transport/request-refusal.ts';

type Headers = Readonly<Partial<Record<'content-type' | 'content-encoding', string | undefined>>>;

/** The part of a request that decides whether a route takes it. */
export interface RouteTarget {
  readonly method: string | undefined;
  /** Undefined: its own address is not known. */
  readonly host: string | undefined;
  readonly hasBody: boolean;
  readonly headers: Headers;
}

/** The route that takes a request, or why none of the routes of its path does. */
export type RouteAdmission<TRoute> = { readonly route: TRoute } | { readonly refusal: Refusal };

/** Chooses the route of one path that takes a request, before its body is read. Pure. */
export function admitToRoute<TRoute extends RouteRules>(
  routes: readonly TRoute[],
  { method, host, hasBody, headers }: RouteTarget,
): RouteAdmission<TRoute> {
  const route = routes.find((each) => each.method === method);
  if (route === undefined) {
    const allow = routes.map((each) => each.method).join(', ');
    return { refusal: { status: 405, message: `Use ${allow}.`, headers: { allow } } };
  }
  if (!host) return { refusal: missingHost };
  // A body of GET has no meaning (RFC 9110, 9.3.1): it is not read.
  const refusal = takesBody(route) && hasBody ? refuseBody(route, headers) : undefined;
  return refusal === undefined ? { route } : { refusal };
}

export const takesBody = ({ method }: RouteRules): boolean => method !== 'GET';

/** Whether a request over HTTP/1.1 has a body (RFC 9112, 6.3). Pure. */
export const announcesBody = (
  headers: Readonly<Partial<Record<'content-length' | 'transfer-encoding', string | undefined>>>,
): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function refuseBody({ contentTypes = [] }: RouteRules, headers: Headers): Refusal | undefined {
  const refusal = refuseLongTypes(headers) ?? refuseBodyCoding(headers);
  if (refusal !== undefined) return refusal;
  const [type = ''] = (headers['content-type'] ?? '').split(';');
  if (contentTypes.includes(type.trim().toLowerCase())) return undefined;
  const message =
    contentTypes.length === 0
      ? 'This resource takes no body.'
      : `The media type of the body is not supported. Send ${contentTypes.join(' or ')}.`;
  return { status: 415, message };
}
