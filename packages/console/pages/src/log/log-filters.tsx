import { Field, Select } from '../parts/field.tsx';
import { useTyped } from '../parts/use-typed.ts';
import { changeQuery, toHash } from '../route.ts';
import { ChooseActor } from './choose-actor.tsx';
import { isTypedAction, KindSelect } from './kind-select.tsx';
import type { ChosenFilter } from './log-filter.ts';
import { periods } from './periods.ts';

/** What is looked for most often, of the present day. */
const frequent = [
  { text: 'Failed logins today', action: 'login.failed' },
  { text: 'Groups granted today', action: 'membership.granted' },
  { text: 'Groups revoked today', action: 'membership.revoked' },
] as const;

const people = [
  { value: 'anyone', text: 'Anyone' },
  { value: 'actor', text: 'Who did it…' },
  { value: 'subject', text: 'Whom it is about…' },
] as const;

export function LogFilters({ choice, period, filter }: ChosenFilter) {
  const { action = '', since, until } = filter;
  const chosen = { isChosen: choice === 'action', action: filter.action };
  const person = choice === 'actor' || choice === 'subject' ? choice : undefined;
  return (
    <search aria-label="Records">
      <ul className="frequent">
        {frequent.map((each) => (
          <li key={each.action}>
            <a
              href={toHash(['log'], { action: each.action, when: 'today' })}
              aria-current={each.action === action && period === 'today' ? 'true' : undefined}
            >
              {each.text}
            </a>
          </li>
        ))}
      </ul>
      <div className="filters">
        <KindSelect {...chosen} />
        {isTypedAction(chosen) && <ActionField action={action} />}
        <Select
          label="Who / Whom"
          options={people}
          value={person ?? 'anyone'}
          onChange={({ currentTarget }) => choosePerson(currentTarget.value)}
        />
        <Select
          label="When"
          options={periods}
          value={period}
          onChange={({ currentTarget }) => choosePeriod(currentTarget.value, since)}
        />
        {period === 'between' && (
          <>
            <TimeField label="From" name="since" at={since} />
            <TimeField label="Before" name="until" at={until} />
          </>
        )}
      </div>
      {person !== undefined && <ChooseActor key={person} choice={person} />}
    </search>
  );
}

const choosePerson = (choice: string): void =>
  changeQuery({
    by: choice === 'anyone' ? undefined : choice,
    action: undefined,
    actor: undefined,
    subject: undefined,
    search: undefined,
  });

/** The times between which one looks begin with those of the period before. */
const choosePeriod = (period: string, since: string | undefined): void =>
  changeQuery({
    when: period === 'any' ? undefined : period,
    since: period === 'between' ? since : undefined,
    until: undefined,
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
