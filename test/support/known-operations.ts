import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What `startTestServer` sends itself. */
export const logInText = `mutation ($username: String!, $password: String!) {
  login(username: $username, password: $password) { accessToken refreshToken user { id username } }
}`;
const createUserText = `mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }`;

/** A folder of the files of known operations. */
export interface OperationsFolder {
  readonly directory: string;
  /** Publishes a version: its texts by id, or another text of its file. */
  publish(name: string, operations: object | string): Promise<void>;
  unpublish(name: string): Promise<void>;
  remove(): Promise<void>;
}

/** Makes a folder that holds what tests send themselves. */
export async function makeOperationsFolder(): Promise<OperationsFolder> {
  const directory = await mkdtemp(join(tmpdir(), 'gatehouse-operations-'));
  const folder: OperationsFolder = {
    directory,
    async publish(name, operations) {
      const temporary = join(directory, `.${name}.tmp`);
      const text = typeof operations === 'string' ? operations : JSON.stringify(operations);
      await writeFile(temporary, text);
      await rename(temporary, join(directory, `${name}.json`));
    },
    unpublish: (name) => rm(join(directory, `${name}.json`)),
    remove: () => rm(directory, { recursive: true }),
  };
  await folder.publish('tests@1', { logIn: logInText, createUser: createUserText });
  return folder;
}
