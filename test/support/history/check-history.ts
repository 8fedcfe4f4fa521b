import type { Fault, HistoryEvent } from './events.ts';

/**
 * Finds what a history must not show, whatever the order in which overlapping requests took effect. A request that
 * failed otherwise, such as by a 503, shows nothing:
 * a request that began after an acknowledged end and got through; and, so that a server which refuses
 * everyone does not pass either, one that was refused although nothing could have ended its right.
 */
export function checkHistory(events: readonly HistoryEvent[]): Fault[] {
  const userIds = new Set(events.map(({ userId }) => userId));
  return [...userIds].flatMap((userId) =>
    checkUser(events.filter((event) => event.userId === userId)),
  );
}

/** Of one user: events of other users do not affect it. */
function checkUser(events: readonly HistoryEvent[]): Fault[] {
  const logins = events.filter((event) => event.kind === 'login');
  const loginOf = new Map(logins.map((login) => [login.token, login]));
  const of = (kind: HistoryEvent['kind']) => events.filter((event) => event.kind === kind);
  const rights = { disables: of('disable'), enables: of('enable') };
  const groups = { grants: of('grant'), revokes: of('revoke') };
  const logouts = events.filter((event) => event.kind === 'logout');

  return events.flatMap((event): Fault[] => {
    if (event.kind === 'login') {
      const { disables, enables } = rights;
      const isLate = event.isDone && isCertainlyOff(event, disables, enables);
      return isLate ? [{ what: 'a disabled user logged in', event }] : [];
    }
    if (event.kind !== 'use' && event.kind !== 'useGroup') return [];
    const login = loginOf.get(event.token);
    if (login === undefined) return [{ what: 'a token that no login gave', event }];
    const ends = [
      ...logouts.filter(({ token }) => token === event.token),
      ...rights.disables.filter((disable) => isBefore(login, disable)),
    ];
    const mayHaveEnded = [
      ...logouts.filter(({ token }) => token === event.token),
      ...rights.disables.filter((disable) => !isBefore(disable, login)),
    ].some((end) => !isBefore(event, end));
    const faults: Fault[] = [];
    const isThrough = event.status === 200 || event.status === 403;
    if (isThrough && ends.some((end) => end.isDone && isBefore(end, event))) {
      faults.push({ what: 'an ended session got through', event });
    }
    if (event.status === 401 && !mayHaveEnded) {
      faults.push({ what: 'a live session was refused', event });
    }
    if (event.kind === 'useGroup') faults.push(...checkGroup(event, groups));
    return faults;
  });
}

function checkGroup(
  event: HistoryEvent & { readonly status: number },
  { grants, revokes }: Readonly<Record<'grants' | 'revokes', readonly HistoryEvent[]>>,
): Fault[] {
  if (event.status === 200 && (grants.length === 0 || isCertainlyOff(event, revokes, grants))) {
    return [{ what: 'a revoked group got through', event }];
  }
  if (event.status === 403 && isCertainlyOff(event, grants, revokes)) {
    return [{ what: 'a granted group was refused', event }];
  }
  return [];
}

/**
 * Whether one of `offs` had certainly taken effect when the event began, and none of `ons` can have
 * undone it before the event ended.
 */
const isCertainlyOff = (
  event: HistoryEvent,
  offs: readonly HistoryEvent[],
  ons: readonly HistoryEvent[],
): boolean =>
  offs.some(
    (off) =>
      off.isDone &&
      isBefore(off, event) &&
      !ons.some((on) => !isBefore(on, off) && !isBefore(event, on)),
  );

/** Whether one was over when the other began. Requests that overlap may take effect in either order. */
const isBefore = (one: HistoryEvent, other: HistoryEvent): boolean =>
  one.endedAtMs < other.startedAtMs;
