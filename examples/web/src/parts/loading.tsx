/** Shown while something is read from the server. */
export const Loading = () => (
  <p className="loading" role="status">
    Loading…
  </p>
);
