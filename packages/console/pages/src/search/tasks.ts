import { MatrixDocument } from '../access/access-documents.ts';
import { ExportMembersDocument } from '../groups/group-documents.ts';
import { ExportDocument, LogDocument } from '../log/log-documents.ts';
import { CreateUserDocument } from '../people/people-documents.ts';
import { CreateProgramDocument } from '../programs/program-documents.ts';
import { type PageName, toHash } from '../route.ts';
import type { Need } from '../use-allowed.ts';

/** What is done on a page, and the words by which it is looked for. */
interface Task {
  readonly text: string;
  readonly page: PageName;
  /** What the viewer must be able to run. */
  readonly needs: Need;
  /** Other words for it than those of `text`. */
  readonly words: string;
  readonly href: string;
}

/** What a reader looks for by another name than that of the page. */
export const tasks: readonly Task[] = [
  {
    text: 'Create, invite, disable or delete a user',
    page: 'people',
    needs: { run: CreateUserDocument, variables: { input: { username: '', password: '' } } },
    words: 'add new account leaver close lock password reset',
    href: toHash(['people']),
  },
  {
    text: 'Export who is in which group',
    page: 'groups',
    needs: { run: ExportMembersDocument, variables: { group: '' } },
    words: 'audit report csv members download',
    href: toHash(['groups']),
  },
  {
    text: 'Create an API client, or replace its secret',
    page: 'programs',
    needs: { run: CreateProgramDocument, variables: { name: '', groups: [] } },
    words: 'add new token key application rotate',
    href: toHash(['programs']),
  },
  {
    text: 'Failed logins today',
    page: 'log',
    needs: { run: LogDocument },
    words: 'login wrong password attack',
    href: toHash(['log'], { action: 'login.failed', when: 'today' }),
  },
  {
    text: 'Export records of the log',
    page: 'log',
    needs: { run: ExportDocument },
    words: 'audit report jsonl download',
    href: toHash(['log']),
  },
  {
    text: 'Compare two groups',
    page: 'access',
    needs: { run: MatrixDocument },
    words: 'difference differs matrix against',
    href: toHash(['access', 'matrix']),
  },
  {
    text: 'Export the access matrix',
    page: 'access',
    needs: { run: MatrixDocument },
    words: 'audit report csv markdown print download save',
    href: toHash(['access', 'matrix']),
  },
];
