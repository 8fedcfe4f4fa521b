import { createAdmit } from '@graphql-gatehouse/authorization';
import { type ExecutionResult, execute, parse } from 'graphql';
import { expect } from 'vitest';
import type { NamedViewer, RowsWorld } from './rows-world.ts';

/** How an answer is asked for. */
interface Asking {
  readonly viewer: NamedViewer;
  readonly isLenient?: boolean;
}

/**
 * Returns the answer of a host, which must be the same to the byte for graphql-js and for compiled execution. `create`
 * makes a world for each, so that resolvers can count.
 */
export async function answerOf(
  create: () => RowsWorld,
  text: string,
  { viewer, isLenient = false }: Asking,
): Promise<ExecutionResult> {
  const document = parse(text);
  const answers: string[] = [];
  for (const times of [0, 1, 2]) {
    const { authorization } = create();
    const { schema } = authorization;
    const request = { document, contextValue: { viewer } };
    // The first execution of a document is never compiled. An unknown operation has no effects.
    if (times > 0) await authorization.execute({ schema, ...request, operationName: 'unknown' });
    const prefer = isLenient ? 'handling=lenient' : undefined;
    const admission = await createAdmit(authorization)({ ...request, prefer });
    if (admission.kind === 'answered') answers.push(JSON.stringify(admission.result));
    else {
      const run = times === 0 ? execute : authorization.execute;
      answers.push(
        JSON.stringify((await admission.finish(await run({ schema, ...request }))).result),
      );
    }
  }
  const [first = '', ...others] = answers;
  for (const each of others) expect(each).toBe(first);
  return JSON.parse(first);
}
