import type { TypedDocument } from '@graphql-gatehouse/client';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
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
  /** What the viewer must be able to run too. */
  readonly and?: Need;
}

/**
 * Reads which of some things the viewer may use: those of which it may run an operation. Asked once: with other groups,
 * everything is read again.
 */
export const useAllowed = <Name extends string>(
  what: string,
  needs: ReadonlyMap<Name, readonly Need[]>,
) =>
  useQuery({
    queryKey: ['allowed', what],
    staleTime: Number.POSITIVE_INFINITY,
    // While more is asked about the same subject, nothing jumps: for another one, a component has another key.
    placeholderData: keepPreviousData,
    async queryFn(): Promise<readonly Name[]> {
      const decided = await Promise.all(
        [...needs].map(async ([name, any]) => ({ name, isAllowed: await mayRunOne(any) })),
      );
      return decided.filter(({ isAllowed }) => isAllowed).map(({ name }) => name);
    },
  });

async function mayRunOne([first, ...others]: readonly Need[]): Promise<boolean> {
  return first !== undefined && ((await mayRun(first)) || mayRunOne(others));
}

async function mayRun({ run, variables = {}, of, isOwn = false, and }: Need): Promise<boolean> {
  if (of !== undefined && !(await hasPackage(of))) return false;
  if (and !== undefined && !(await mayRun(and))) return false;
  const outcome = await gatehouse.ask(run, variables);
  // What depends on data can be refused, and a page shows nothing that is.
  return outcome === 'depends' ? isOwn : outcome !== 'denied';
}
