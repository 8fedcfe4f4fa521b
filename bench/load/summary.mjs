/** Of a histogram of microseconds, in milliseconds. */
export const summaryOf = (times) => ({
  count: times.count,
  p50: times.percentile(50) / 1_000,
  p99: times.percentile(99) / 1_000,
  max: times.max / 1_000,
});
