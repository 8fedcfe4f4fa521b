import { Field, Select } from '../parts/field.tsx';
import { useTyped } from '../parts/use-typed.ts';
import { changeQuery, toHash } from '../route.ts';
import { ChooseActor } from './choose-actor.tsx';
import { type Choice, choices, type LogFilter } from './log-filter.ts';

interface LogFiltersProps {
  readonly choice: Choice;
  readonly filter: LogFilter;
}

/** What is looked for most often, of the present day. */
const frequent = [
  { text: 'Failed log-ins today', action: 'login.failed' },
  { text: 'Groups granted today', action: 'membership.granted' },
  { text: 'Groups revoked today', action: 'membership.revoked' },
] as const;

/** When the present day began, in the zone of the browser. */
const today = (): string => new Date(new Date().setHours(0, 0, 0, 0)).toISOString();

export const LogFilters = ({ choice, filter }: LogFiltersProps) => (
  <search aria-label="Records">
    <ul className="frequent">
      {frequent.map(({ text, action }) => (
        <li key={action}>
          <a
            href={toHash(['log'], { action, since: today() })}
            aria-current={filter.action === action && filter.since === today() ? 'true' : undefined}
          >
            {text}
          </a>
        </li>
      ))}
    </ul>
    <div className="filters">
      <Select
        label="Show"
        options={choices}
        value={choice}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      />
      {choice === 'action' && <ActionField action={filter.action ?? ''} />}
      <TimeField label="From" name="since" at={filter.since} />
      <TimeField label="Before" name="until" at={filter.until} />
    </div>
    {(choice === 'actor' || choice === 'subject') && <ChooseActor key={choice} choice={choice} />}
  </search>
);

const choose = (choice: string): void =>
  changeQuery({
    by: choice === 'all' ? undefined : choice,
    action: undefined,
    actor: undefined,
    subject: undefined,
    search: undefined,
  });

function ActionField({ action }: { readonly action: string }) {
  const { text, type } = useTyped(action, (value) =>
    changeQuery({ by: 'action', action: value.trim() }),
  );
  return (
    <Field
      label="Action"
      name="action"
      type="search"
      maxLength={65}
      autoComplete="off"
      spellCheck={false}
      placeholder="login.failed"
      value={text}
      onChange={({ currentTarget }) => type(currentTarget.value)}
    />
  );
}

interface TimeFieldProps {
  readonly label: string;
  readonly name: 'since' | 'until';
  readonly at: string | undefined;
}

/** A time in the zone of the browser. The address has it in UTC, so that it means the same elsewhere. */
function TimeField({ label, name, at }: TimeFieldProps) {
  const { text, type } = useTyped(toLocal(at), (local) => {
    // While a year is typed, its first digits are a year too.
    if (local === '' || local >= '1970') changeQuery({ [name]: toUtc(local) });
  });
  return (
    <Field
      label={label}
      name={name}
      type="datetime-local"
      max="9999-12-31T23:59"
      value={text}
      onChange={({ currentTarget }) => type(currentTarget.value)}
    />
  );
}

const toUtc = (local: string): string | undefined =>
  local === '' ? undefined : new Date(local).toISOString();

function toLocal(at: string | undefined): string {
  const date = new Date(at ?? Number.NaN);
  if (Number.isNaN(date.getTime())) return '';
  const shifted = date.getTime() - date.getTimezoneOffset() * 60_000;
  return new Date(shifted).toISOString().slice(0, 16);
}
