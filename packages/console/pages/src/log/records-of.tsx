import { useState } from 'react';
import { Select } from '../parts/field.tsx';
import { useCursors } from '../parts/pager.tsx';
import { EventList } from './event-list.tsx';

interface RecordsOfProps {
  /** Of a user or a program. */
  readonly id: string;
  /** How the page names it. */
  readonly noun: 'user' | 'API client';
}

/** What is recorded of someone: what it did, or what was done to it. */
export function RecordsOf({ id, noun }: RecordsOfProps) {
  const [side, setSide] = useState<string>('actor');
  const cursors = useCursors('records', `${id} ${side}`);
  const account = noun === 'user' ? 'account' : noun;
  const sides = [
    { value: 'actor', text: `What this ${noun} did` },
    { value: 'subject', text: `What was done to this ${account}` },
  ];
  return (
    <section aria-label="Log">
      <div className="filters">
        <Select
          label="Show"
          options={sides}
          value={side}
          onChange={({ currentTarget }) => setSide(currentTarget.value)}
        />
      </div>
      <EventList
        caption={sides.find(({ value }) => value === side)?.text ?? ''}
        filter={side === 'actor' ? { actorId: id } : { subjectId: id }}
        cursors={cursors}
      />
    </section>
  );
}
