import { anyWholeNumber, setting, text, wholeNumber } from './setting.ts';

/** How the process is watched and stopped. */
export const runningSettings = {
  METRICS_PORT: setting(
    anyWholeNumber(0, 65_535).optional(),
    'The port of the metrics for Prometheus, at /metrics. Not set: there are none. 0: one that is free.',
  ),
  METRICS_HOST: setting(
    text('127.0.0.1'),
    'Where the metrics are served. They hold no secret, but are for whoever runs the server alone.',
  ),
  DRAIN_SECONDS: setting(
    anyWholeNumber(0, 600).optional(),
    'For how long requests are still served after SIGTERM, while /health/ready tells the proxy to send no more. At least as long as the proxy needs to ask twice. Not set: 5 in production, otherwise 0.',
  ),
  STOP_SECONDS: setting(
    wholeNumber(1, 3600, 20),
    'When the process ends at the latest after SIGTERM, whatever is still under way. Longer than DRAIN_SECONDS, and shorter than the orchestrator waits.',
  ),
};
