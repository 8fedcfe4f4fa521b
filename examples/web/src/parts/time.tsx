const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });

/** A point in time, in the viewer's time zone and language. */
export const Time = ({ at }: { readonly at: string }) => (
  <time dateTime={at}>{format.format(new Date(at))}</time>
);
