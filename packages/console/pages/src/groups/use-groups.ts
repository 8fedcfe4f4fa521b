import { useViewer } from '@graphql-gatehouse/client/react';
import { useQuery } from '@tanstack/react-query';
import { SchemaGroupsDocument } from '../access/access-documents.ts';
import { fetchData } from '../fetch-data.ts';
import { gatehouse } from '../gatehouse.ts';

export interface GroupFacts {
  readonly name: string;
  readonly description: string | null;
  readonly implies: readonly string[];
  /** How many kinds of factors it asks for. */
  readonly factors: number;
}

/** Reads the groups of the schema. A viewer who may not gets those that it holds. */
export function useGroups() {
  const { groups } = useViewer();
  return useQuery({
    queryKey: ['groups', groups],
    staleTime: Number.POSITIVE_INFINITY,
    async queryFn(): Promise<readonly GroupFacts[]> {
      const outcome = await gatehouse.ask(SchemaGroupsDocument, {});
      if (outcome !== 'denied') return (await fetchData(SchemaGroupsDocument, {})).consoleGroups;
      return groups.map((name) => ({ name, description: null, implies: [], factors: 1 }));
    },
  });
}

/** Returns all groups that a group implies, also by others. */
export function toImplied(groups: readonly GroupFacts[], name: string): readonly string[] {
  const found = new Set<string>();
  const add = (each: string): void => {
    for (const implied of groups.find((group) => group.name === each)?.implies ?? []) {
      if (implied === name || found.has(implied)) continue;
      found.add(implied);
      add(implied);
    }
  };
  add(name);
  return [...found];
}
