import { useId } from 'react';
import { changeQuery } from '../route.ts';
import { actionKinds, isKnownAction } from './action-words.ts';

interface KindSelectProps {
  /** Whether records are chosen by their action. */
  readonly isChosen: boolean;
  readonly action: string | undefined;
}

const other = 'other';

/** Whether an action is typed: those of a project have no words. */
export const isTypedAction = ({ isChosen, action }: KindSelectProps): boolean =>
  isChosen && !(action !== undefined && isKnownAction(action));

/** Chooses an action by its words. */
export function KindSelect(chosen: KindSelectProps) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>Kind</label>
      <select
        id={id}
        value={isTypedAction(chosen) ? other : (chosen.action ?? '')}
        onChange={({ currentTarget }) => choose(currentTarget.value)}
      >
        <option value="">Everything</option>
        {actionKinds.map(({ kind, actions }) => (
          <optgroup key={kind} label={kind}>
            {Object.entries(actions).map(([action, words]) => (
              <option key={action} value={action}>
                {words}
              </option>
            ))}
          </optgroup>
        ))}
        <option value={other}>Another action…</option>
      </select>
    </div>
  );
}

const choose = (action: string): void =>
  changeQuery({
    by: action === '' ? undefined : 'action',
    action: action === other ? undefined : action,
    actor: undefined,
    subject: undefined,
    search: undefined,
  });
