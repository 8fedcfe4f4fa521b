/** The name of an account in a sentence. */
export const Subject = ({ person }: { readonly person: { readonly username: string } }) => (
  <strong>
    <bdi>{person.username}</bdi>
  </strong>
);
