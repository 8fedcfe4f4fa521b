import { toHash } from '../route.ts';
import { useAllowed } from '../use-allowed.ts';
import { ProgramsDocument } from './program-documents.ts';

interface ProgramLinkProps {
  readonly program: { readonly id: string; readonly name: string };
}

/** The name of a program, as a link to its page for those who may use that. */
export function ProgramLink({ program: { id, name } }: ProgramLinkProps) {
  const { data: may } = useAllowed('links of API clients', needs);
  if (!may?.includes('open')) return <bdi>{name}</bdi>;
  return (
    <a href={toHash(['programs', id])}>
      <bdi>{name}</bdi>
    </a>
  );
}

const needs = new Map([['open', [{ run: ProgramsDocument }]] as const]);
