import { operations } from '@graphql-gatehouse/operations';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hosts } from '../contracts/hosts.ts';
import { startTimeoutMs, startWorld, type World } from '../contracts/world.ts';
import { makeOperationsFolder, type OperationsFolder } from '../support/known-operations.ts';

const meText = 'query Me { me { id username } }';
const usersText = 'query Users { users { edges { node { username } } } }';

/** One for each plugin: of Apollo Server, and of Envelop. */
const tested = hosts.filter(({ name }) =>
  ['Apollo Server, standalone', 'GraphQL Yoga'].includes(name),
);

describe.each(tested)('$name with OPERATIONS=known', ({ config, start }) => {
  let folder: OperationsFolder;
  let world: World;
  beforeAll(async () => {
    folder = await makeOperationsFolder();
    await folder.publish('web@1', { me: meText, users: usersText });
    const environment = {
      OPERATIONS: 'known',
      OPERATIONS_PATH: folder.directory,
      OPERATIONS_FREE: 'AUDITOR',
    };
    const withPackage = { ...config, packages: [...(config.packages ?? []), operations()] };
    world = await startWorld({ config: withPackage, start }, { environment });
  }, startTimeoutMs);
  afterAll(async () => {
    await world.stop();
    await folder.remove();
  });

  it('runs known operations for those who may', async () => {
    const user = await world.aUser();
    const asked = { token: user.accessToken };
    expect(await world.ask(meText, asked)).toMatchObject({
      status: 200,
      data: { me: { id: user.id } },
    });
    expect(await world.ask('query Me{__typename me{id username}}', asked)).toMatchObject({
      status: 200,
    });
    expect(await world.ask(usersText, asked)).toMatchObject({ status: 403 });
    expect(await world.ask(meText)).toMatchObject({ status: 401 });
  });

  it.each([
    '{ me { id } }',
    '{ __typename }',
    '{ __schema { types { name } } }',
    '{ noSuchField }',
    `${meText} fragment Unused on User { noSuchField }`,
    '{ me { id ',
    'subscription { auditEventAdded { id } }',
  ])('refuses %s in the same way for every viewer', async (query) => {
    const user = await world.aUser();
    for (const options of [{}, { token: user.accessToken }, { token: world.admin.accessToken }]) {
      const answer = await world.ask(query, options);
      expect(answer).toMatchObject({
        status: 400,
        body: {
          errors: [
            {
              message: 'This server runs only operations of its allow list.',
              extensions: { code: 'OPERATION_UNKNOWN' },
            },
          ],
        },
      });
      expect(answer.errors[0].locations).toBeUndefined();
    }
  });

  it('validates a text that is published after it was refused', async () => {
    const query = '{ __typename noSuchField }';
    expect(await world.ask(query)).toMatchObject({ code: 'OPERATION_UNKNOWN' });
    await folder.publish('late@1', { late: query });
    await expect
      .poll(async () => (await world.ask(query)).code, { timeout: 5_000 })
      .not.toBe('OPERATION_UNKNOWN');
    expect(await world.ask(query)).toMatchObject({
      status: 400,
      code: 'GRAPHQL_VALIDATION_FAILED',
    });
  });

  it('lets the groups of OPERATIONS_FREE send any valid operation', async () => {
    const { accessToken: token } = await world.aUser(['AUDITOR']);
    expect(await world.ask('{ me { displayName } }', { token })).toMatchObject({ status: 200 });
    expect(await world.ask('{ noSuchField }', { token })).toMatchObject({
      status: 400,
      code: 'GRAPHQL_VALIDATION_FAILED',
    });
  });
});
