import { Dialog } from '../parts/dialog.tsx';
import { Fact } from '../parts/fact.tsx';
import { Time } from '../parts/time.tsx';
import { toHash } from '../route.ts';
import { toActionWords } from './action-words.ts';
import { Actor, type AuditEvent, Subject } from './event-columns.tsx';

interface EventDialogProps {
  readonly event: AuditEvent;
  readonly onClose: () => void;
}

/** All of one record, with links to those that share something with it. */
export const EventDialog = ({ event, onClose }: EventDialogProps) => (
  <Dialog title={toActionWords(event.action)} onClose={onClose}>
    <dl className="facts">
      <Fact name="Action">
        <code className="quiet">{event.action}</code>
      </Fact>
      <Fact name="When">
        <Time at={event.at} isExact />
      </Fact>
      <Fact name="Who">
        <Actor actor={event.actor} />
        {event.actor === null && (
          <span className="quiet">: the system, someone unknown, or a deleted account</span>
        )}
      </Fact>
      {event.subject !== null && (
        <Fact name="Whom">
          <Subject subject={event.subject} subjectId={event.subjectId} />
        </Fact>
      )}
      <Fact name={event.subject === null ? 'Whom' : 'Id of the subject'}>
        {event.subjectId ? <code>{event.subjectId}</code> : none}
      </Fact>
      <Fact name="Address">{event.ip ?? none}</Fact>
      <Fact name="Detail">
        {event.detail === null ? none : <span className="as-written">{event.detail}</span>}
      </Fact>
      <Fact name="Id">
        <code>{event.id}</code>
      </Fact>
    </dl>
    <ul className="plain-list" aria-label="Other records">
      {relatedOf(event).map(({ text, href }) => (
        <li key={href}>
          <a href={href} onClick={onClose}>
            {text}
          </a>
        </li>
      ))}
    </ul>
  </Dialog>
);

const none = <span className="quiet">none</span>;

const relatedOf = ({ action, actor, subjectId }: AuditEvent) => [
  { text: 'All records of this action', href: toHash(['log'], { action }) },
  ...(actor === null
    ? []
    : [{ text: 'All records by the same actor', href: toHash(['log'], { actor: actor.id }) }]),
  ...(subjectId === null
    ? []
    : [{ text: 'All records about the same id', href: toHash(['log'], { subject: subjectId }) }]),
];
