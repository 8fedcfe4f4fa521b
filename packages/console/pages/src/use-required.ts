import { useQuery } from '@tanstack/react-query';
import { gatehouse, url } from './gatehouse.ts';
import { hasPackage } from './packages.ts';
import type { Need } from './use-allowed.ts';

/** What a refusal says, of the answer to `Prefer: decide-only`. */
interface Denial {
  /** The groups of each clause that was not met: one of each is needed. */
  readonly requires: readonly (readonly string[])[];
  readonly policies: readonly (readonly string[])[];
}

interface Decided {
  readonly extensions?: { readonly decision?: { readonly denials?: readonly Denial[] } };
}

/** Reads who may run the first operation of a page that the viewer may not use, in words. Undefined: it is not known. */
export const useRequired = (needs: readonly Need[]): string | undefined =>
  useQuery({
    queryKey: ['required', needs.map(({ run }) => `${run}`)],
    async queryFn(): Promise<string | null> {
      for (const need of needs) {
        const words = await readRequired(need);
        if (words !== undefined) return words;
      }
      return null;
    },
  }).data ?? undefined;

async function readRequired({ run, variables = {}, of }: Need): Promise<string | undefined> {
  if (of !== undefined && !(await hasPackage(of))) return undefined;
  const { headers, credentials } = gatehouse.sending();
  const answer = await fetch(url, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json', prefer: 'decide-only' },
    credentials,
    body: JSON.stringify({ query: `${run}`, variables }),
  });
  const { extensions }: Decided = await answer.json();
  const [denial] = extensions?.decision?.denials ?? [];
  const clauses = denial?.requires.map((groups, index) => [
    ...groups,
    ...(denial.policies[index] ?? []),
  ]);
  const words = clauses?.filter((each) => each.length > 0).map((each) => anyOf.format(each));
  return words === undefined || words.length === 0 ? undefined : words.join(', and for ');
}

const anyOf = new Intl.ListFormat('en', { type: 'disjunction' });
