const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** Writes a duration in a language, rounded down: 30 minutes, 24 hours, 7 days. */
export function formatLife(seconds: number, language: string): string {
  const [unit, length] = unitOf(seconds);
  const style = { style: 'unit', unit, unitDisplay: 'long' } as const;
  return Intl.NumberFormat(language, style).format(Math.max(1, Math.floor(seconds / length)));
}

function unitOf(seconds: number): readonly ['day' | 'hour' | 'minute', number] {
  if (seconds >= 2 * day) return ['day', day];
  return seconds >= 2 * hour || seconds === hour ? ['hour', hour] : ['minute', minute];
}

const timeFormat = {
  year: 'numeric',
  month: 'long',
  day: 'numeric',
  hour: 'numeric',
  minute: '2-digit',
  timeZone: 'UTC',
  timeZoneName: 'short',
} as const;

/** Writes a time in a language, in UTC, with the name of the zone. */
export const formatTime = (time: Date, language: string): string =>
  // Some languages separate by narrow spaces, which old mail programs show as a box.
  Intl.DateTimeFormat(language, timeFormat)
    .format(time)
    .replaceAll(/[\u202f\u2009]/g, ' ');

/** Returns the direction of a language's script. */
export const directionOf = (language: string): 'ltr' | 'rtl' =>
  rightToLeft.has(new Intl.Locale(language).maximize().script ?? '') ? 'rtl' : 'ltr';

const rightToLeft = new Set(['Adlm', 'Arab', 'Hebr', 'Nkoo', 'Rohg', 'Syrc', 'Thaa']);
