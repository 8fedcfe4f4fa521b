import { useState } from 'react';
import { Field } from '../parts/field.tsx';
import { toExact } from '../parts/time.tsx';

const hourMs = 3_600_000;

const lives = [
  { value: '8 hours', ms: 8 * hourMs },
  { value: '7 days', ms: 7 * 24 * hourMs },
  { value: '30 days', ms: 30 * 24 * hourMs },
] as const;

const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Asks how long a membership lasts. */
export function Ends() {
  const [life, setLife] = useState<string>(lives[0].value);
  const preset = lives.find(({ value }) => value === life);
  return (
    <fieldset className="choices">
      <legend>For how long</legend>
      {[...lives.map(({ value }) => value), 'until a time', 'no end'].map((value) => (
        <label key={value} className="choice">
          <input
            type="radio"
            name="life"
            value={value}
            checked={value === life}
            onChange={() => setLife(value)}
          />
          {value}
        </label>
      ))}
      {preset !== undefined && (
        <p className="quiet" role="status">
          Until {toExact(new Date(Date.now() + preset.ms))}.
        </p>
      )}
      {life === 'until a time' && (
        <Field
          label="Ends"
          name="expiresAt"
          type="datetime-local"
          required
          hint={`In your time zone, ${zone}.`}
        />
      )}
    </fieldset>
  );
}

/** Reads the end of a membership. Null: it has none. */
export function readEnd(read: (name: string) => string): string | null {
  const chosen = read('life');
  if (chosen === 'no end') return null;
  const life = lives.find(({ value }) => value === chosen);
  return new Date(life === undefined ? read('expiresAt') : Date.now() + life.ms).toISOString();
}
