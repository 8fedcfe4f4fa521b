import { z } from 'zod';
import operations from '../../packages/console/pages/src/generated/operations.json' with {
  type: 'json',
};
import type { ConsolePage } from './console-browser.ts';

const answerSchema = z.object({
  extensions: z.object({
    decision: z.object({
      denials: z.array(z.object({ reason: z.string().optional() })).default([]),
      depends: z.array(z.unknown()).default([]),
    }),
  }),
});

const inputs: Readonly<Record<string, object>> = {
  CreateUser: { username: 'robin', password: '' },
  UpdateUser: { displayName: 'Robin' },
  InviteUser: { email: 'robin@example.org' },
};

const values: Readonly<Record<string, unknown>> = {
  group: 'STAFF',
  groups: [],
  proof: { password: '' },
  since: new Date(0).toISOString(),
  coordinate: 'User.email',
};

/** Returns any values of the right types for what an operation requires. Ids are this one. */
const variablesOf = (query: string, name: string, id: string): object =>
  Object.fromEntries(
    Array.from(query.matchAll(/\$(\w+):([[\]!\w]+)(=?)/g)).flatMap(
      ([, variable = '', type = '', hasDefault]) => {
        if (hasDefault || !type.endsWith('!')) return [];
        if (type === 'ID!') return [[variable, id]];
        return [[variable, variable === 'input' ? inputs[name] : (values[variable] ?? '')]];
      },
    ),
  );

/** Pages read these of other users. */
const ofOthers: readonly string[] = ['PersonGroups', 'UserName'];

/** What a page reads beside something else, which not every viewer may read who may read this. */
const beside: ReadonlyMap<string, string> = new Map([['UserName', 'Log']]);

/** A passkey is asked for only where it proves who a viewer is. */
const elsewhere: readonly string[] = ['PasskeyOptions'];

/**
 * Returns the names of the operations of the console that the viewer may run about itself or about another user, after a proof or
 * without. What data decide is left out.
 */
export async function readAllowedOperations(
  { page, user }: ConsolePage,
  otherId: string,
): Promise<readonly string[]> {
  const isAllowed = async (query: string, name: string, id: string): Promise<boolean> => {
    const answer = await page.context().request.post(new URL('/graphql', page.url()).href, {
      headers: { 'apollo-require-preflight': '1', prefer: 'decide-only' },
      data: { query, variables: variablesOf(query, name, id) },
    });
    const { denials, depends } = answerSchema.parse(await answer.json()).extensions.decision;
    const isProofMissing = denials.every(({ reason }) => reason === 'TOO_OLD');
    return isProofMissing && depends.length === 0;
  };
  const allowed: string[] = [];
  for (const query of Object.values(operations)) {
    const [, name = ''] = /^\w+ (\w+)/.exec(query) ?? [];
    const ids = ofOthers.includes(name) ? [otherId] : [otherId, user.id];
    const found = await Promise.all(ids.map((id) => isAllowed(query, name, id)));
    if (found.includes(true) && !elsewhere.includes(name)) allowed.push(name);
  }
  return allowed.filter((name) => allowed.includes(beside.get(name) ?? name));
}
