import type { Named } from '../parts/person-name.tsx';

/** The names of an account in a sentence. */
export const Subject = ({ person: { displayName, username } }: { readonly person: Named }) => (
  <strong>
    <bdi>{displayName}</bdi>
    {displayName !== username && (
      <>
        {' '}
        (<bdi>{username}</bdi>)
      </>
    )}
  </strong>
);
