/** How a user is named. */
export interface Named {
  readonly username: string;
  readonly displayName: string;
}

/** The names of a user, who chose them: the direction of their writing ends with them. */
export const PersonName = ({ person: { displayName, username } }: { readonly person: Named }) => (
  <span className="person" title={displayName}>
    <bdi>{displayName}</bdi>
    {displayName !== username && <bdi className="quiet">{username}</bdi>}
  </span>
);
