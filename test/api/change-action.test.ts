import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { system } from '../../src/changes/origin.ts';
import { eventValues, insertEvent } from '../../src/changes/record-event.ts';
import type { Context } from '../../src/context/context.ts';
import { defineDomain } from '../../src/schema/domain.ts';
import { startWithDomain } from '../support/start-with-domain.ts';
import type { TestServer } from '../support/test-server.ts';

/** The action of the next change, and whether the event is a function. */
let next = { action: '', isFunction: false };
let worked = 0;

const domain = defineDomain<Context>({
  name: 'acting',
  typeDefs: 'extend type Mutation { "Acts." act: Boolean! @auth(requires: [ADMIN]) }',
  resolvers: {
    Mutation: {
      act: (_mutation: unknown, _args: unknown, { change }: Context) => {
        const { action, isFunction } = next;
        return change(isFunction ? () => ({ action }) : { action }, async () => {
          worked += 1;
          return true;
        });
      },
    },
  },
});

let server: TestServer;
beforeAll(async () => {
  server = await startWithDomain(domain);
});
afterAll(() => server.stop());

const act = (action: string, isFunction = false) => {
  next = { action, isFunction };
  worked = 0;
  return server.ask('mutation { act }', { token: server.admin.accessToken });
};
const wanted = 'is not of the form `thing.happened`';

const long = 'a'.repeat(32);

describe('the action of a change', () => {
  it.each(['a.b', 'appointment.status_set', '_._', `${long}.${long}`])(
    'is recorded, and found again: %s',
    async (action) => {
      expect((await act(action)).data).toEqual({ act: true });
      const { data } = await server.ask(
        'query ($action: String!) { auditEvents(action: $action) { edges { node { action } } } }',
        { token: (await server.aUser('AUDITOR')).accessToken, variables: { action } },
      );
      expect(data.auditEvents.edges).toEqual([{ node: { action } }]);
    },
  );

  it.each([
    'appointment.status-set',
    'appointment',
    'appointment.',
    '.set',
    'appointment.status.set',
    'appointment2.set',
    'Appointment.set',
    'appointment.set\n',
    'termin.geändert',
    `${long}a.b`,
    `a.${long}b`,
    '',
  ])('is refused before anything is done, when its form is %j', async (action) => {
    const logged = server.logLines.length;
    expect((await act(action)).code).toBe('INTERNAL_SERVER_ERROR');
    expect(worked).toBe(0);
    expect(server.logLines.slice(logged).join('\n')).toContain(wanted);
    // The database refuses the same: a text is not refused for nothing.
    const values = eventValues(system, { at: new Date(), action, subjectId: null });
    await expect(
      server.connection.database.$executeRawUnsafe(insertEvent(1), ...values),
    ).rejects.toThrow('audit_events_action_form');
  });

  it('is refused when a function returns it, and nothing is left', async () => {
    const logged = server.logLines.length;
    expect((await act('appointment.status-set', true)).code).toBe('INTERNAL_SERVER_ERROR');
    expect(server.logLines.slice(logged).join('\n')).toContain(wanted);
  });
});

it('does not compile with an action of another form', () => {
  /** The compiler checks it: it is not called. */
  function misspelled({ change }: Pick<Context, 'change'>, kind: string) {
    const work = async () => ({ id: '1' });
    return [
      change({ action: 'appointment.status_set' }, work),
      change(({ id }: { id: string }) => ({ action: 'appointment.set', subjectId: id }), work),
      change({ action: `appointment.${kind}` }, work),
      change({ action: kind }, work),
      // @ts-expect-error A hyphen is no letter.
      change({ action: 'appointment.status-set' }, work),
      // @ts-expect-error An action has two parts.
      change({ action: 'appointment' }, work),
      // @ts-expect-error The second part is empty.
      change({ action: 'appointment.' }, work),
      // @ts-expect-error So is the form of an action that a function returns.
      change(({ id }: { id: string }) => ({ action: 'Appointment.set', subjectId: id }), work),
    ];
  }
  expect(misspelled).toBeTypeOf('function');
});
