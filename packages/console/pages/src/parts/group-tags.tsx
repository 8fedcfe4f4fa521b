interface GroupTagsProps {
  readonly groups: readonly string[];
  /** Groups that were granted, and may not be used now. */
  readonly paused?: readonly string[];
  readonly label?: string;
}

export const GroupTags = ({ groups, paused = [], label = 'Groups' }: GroupTagsProps) =>
  groups.length + paused.length === 0 ? (
    <span className="quiet">none</span>
  ) : (
    <ul className="tags" aria-label={label}>
      {groups.map((group) => (
        <li key={group} className="tag">
          {group}
        </li>
      ))}
      {paused.map((group) => (
        <li key={group} className="tag paused">
          <s>{group}</s> paused
        </li>
      ))}
    </ul>
  );
