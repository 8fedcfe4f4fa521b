import { useViewer } from '@graphql-gatehouse/client/react';
import type { ReactNode } from 'react';
import { Button } from '../parts/button.tsx';
import { Time } from '../parts/time.tsx';
import { toHash, useRoute } from '../route.ts';
import { askForProof } from '../session/question.ts';
import type { Notice, NoticeKind } from './notices.ts';
import { useNotices } from './use-notices.ts';

/** Says which groups the viewer cannot use, or soon cannot, why, and what to do. */
export function WithheldNotices() {
  const { notices } = useNotices();
  return notices.map((notice) => (
    <section
      key={notice.kind}
      className="notice"
      data-kind={notice.kind}
      aria-label={`About ${names.format(notice.groups)}`}
    >
      {texts[notice.kind](notice)}
    </section>
  ));
}

const texts: Readonly<Record<NoticeKind, (notice: Notice) => ReactNode>> = {
  closed: ({ groups, until }) => (
    <>
      <p>
        <Paused groups={groups} />: a second factor is needed, and this account has none. The time
        to add one ended <End at={until} />.
      </p>
      <p>
        An administrator can open it again for 24 hours, or this command on the server:{' '}
        <OpenCommand />
      </p>
    </>
  ),
  open: ({ groups, until }) => (
    <>
      <p>
        <Paused groups={groups} />: a second factor is needed, and this account has none. It can be
        added until <End at={until} />.
      </p>
      <AddLink />
    </>
  ),
  prove: ({ groups }) => (
    <>
      <p>
        <Paused groups={groups} /> in this session, until it has confirmed your second factor.
      </p>
      <Button onAction={askForProof} kind="main">
        Confirm it
      </Button>
    </>
  ),
  grace: ({ groups, until, mayEnrol }) => (
    <>
      <p>
        <strong>{names.format(groups)}</strong> {groups.length === 1 ? 'pauses' : 'pause'}{' '}
        {until !== null && <Time at={until} />} unless you add a second factor.
      </p>
      {mayEnrol && <AddLink />}
    </>
  ),
};

const names = new Intl.ListFormat('en');

const Paused = ({ groups }: { readonly groups: readonly string[] }) => (
  <strong>
    {names.format(groups)} {groups.length === 1 ? 'is' : 'are'} paused
  </strong>
);

const End = ({ at }: { readonly at: string | null }) => at !== null && <Time at={at} isExact />;

const OpenCommand = () => (
  <code>npx gatehouse factors-open-enrolment {useViewer().principal?.username}</code>
);

function AddLink() {
  const {
    page,
    path: [part],
  } = useRoute();
  const isThere = page === 'account' && part === 'sign-in';
  return !isThere && <a href={toHash(['account', 'sign-in'])}>Add a second factor</a>;
}
