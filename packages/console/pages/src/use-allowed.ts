import type { Outcome, TypedDocument } from '@gatehouse/client';
import { useQuery } from '@tanstack/react-query';
import { gatehouse } from './gatehouse.ts';
import { hasPackage, type OptionalPackage } from './packages.ts';

/** An operation that a viewer must be able to run. */
export interface Need {
  readonly run: TypedDocument<unknown, object>;
  /** Any values of the right types. They are decided upon, and nothing runs. */
  readonly variables?: object;
  /** The package that has the fields, if a server need not have them. */
  readonly of?: OptionalPackage;
  /** Whether it reads what is the viewer's own: policies such as `SELF` admit it. */
  readonly isOwn?: boolean;
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
        [...needs].map(async ([name, need]) => ({ name, isAllowed: await isAllowed(need) })),
      );
      return decided.filter((each) => each.isAllowed).map(({ name }) => name);
    },
  });
}

async function isAllowed({ run, variables = {}, of, isOwn = false }: Need): Promise<boolean> {
  if (of !== undefined && !(await hasPackage(of))) return false;
  const outcome: Outcome = await gatehouse.ask(run, variables);
  // What data can still refuse would take the whole answer with it.
  return outcome === 'depends' ? isOwn : outcome !== 'denied';
}
