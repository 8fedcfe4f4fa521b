import type { TypedDocument } from '@gatehouse/client';
import { useQuery } from '@tanstack/react-query';
import { gatehouse } from './gatehouse.ts';

/** An operation that a viewer must be able to run. */
export interface Need {
  readonly run: TypedDocument<unknown, object>;
  /** Any values of the right types. They are decided upon, and nothing runs. */
  readonly variables?: object;
}

/** Reads which of some things the viewer may use. Asked once: with other groups, everything is read anew. */
export function useAllowed<Name extends string>(
  what: string,
  needs: ReadonlyMap<Name, Need>,
): ReturnType<typeof useQuery<readonly Name[]>> {
  return useQuery({
    queryKey: ['allowed', what],
    staleTime: Number.POSITIVE_INFINITY,
    async queryFn() {
      const decided = await Promise.all(
        [...needs].map(async ([name, { run, variables = {} }]) => ({
          name,
          outcome: await gatehouse.ask(run, variables),
        })),
      );
      return decided.filter(({ outcome }) => outcome !== 'denied').map(({ name }) => name);
    },
  });
}
