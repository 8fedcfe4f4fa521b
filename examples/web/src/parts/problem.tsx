/** Shows why something failed. The messages of the server are written for people. */
export function Problem({ error }: { readonly error: unknown }) {
  if (error === undefined || error === null) return null;
  return (
    <p className="problem" role="alert">
      {error instanceof Error ? error.message : String(error)}
    </p>
  );
}
