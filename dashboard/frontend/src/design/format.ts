/** Money, counts, durations and times as people read them. The API's amounts are decimal strings
 * and stay strings wherever they are added up: a float is for drawing alone. */

export const UNKNOWN = "unknown";

/** Dollars with the digits that matter: two places from a dollar on, four significant below. */
export function money(amount: string | null | undefined): string {
  if (amount === null || amount === undefined) return UNKNOWN;
  const value = Number(amount);
  if (value === 0) return "$0";
  const size = Math.abs(value);
  if (size >= 1) return dollars(value, 2);
  const first = Math.ceil(-Math.log10(size));
  return dollars(value, Math.min(12, Math.max(2, first + 3)));
}

function dollars(value: number, places: number): string {
  const text = Math.abs(value).toLocaleString("en-US", {
    minimumFractionDigits: Math.min(2, places),
    maximumFractionDigits: places,
  });
  return `${value < 0 ? "−" : ""}$${text}`;
}

export function count(value: number): string {
  return value.toLocaleString("en-US");
}

export function duration(milliseconds: number | null | undefined): string {
  if (milliseconds === null || milliseconds === undefined) return UNKNOWN;
  if (milliseconds < 999.5) return `${Math.round(milliseconds)} ms`;
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`;
  const seconds = Math.round(milliseconds / 1000);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  const rest = seconds % 60;
  return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${rest} s`;
}

export function share(part: number, whole: number): string {
  if (whole === 0 || part === 0) return "0 %";
  const percent = (part / whole) * 100;
  return `${percent >= 10 ? percent.toFixed(0) : percent.toFixed(1)} %`;
}

export const UNIT_NAMES: Readonly<Record<string, string>> = {
  audio_seconds: "s of audio",
  session_seconds: "s open",
  characters: "characters",
  input_tokens: "tokens in",
  cached_input_tokens: "tokens cached",
  cache_write_tokens: "tokens written to cache",
  cache_write_1h_tokens: "tokens written to cache for 1 h",
  output_tokens: "tokens out",
  input_audio_tokens: "audio tokens in",
  cached_input_audio_tokens: "audio tokens cached",
  output_audio_tokens: "audio tokens out",
  credits: "credits",
  requests: "requests",
};

/** `1.72 s of audio, 34 characters`. */
export function units(quantities: Readonly<Record<string, string>>): string {
  return Object.entries(quantities)
    .map(([unit, quantity]) => {
      const shown = Number(quantity).toLocaleString("en-US", { maximumFractionDigits: 2 });
      return `${shown} ${UNIT_NAMES[unit] ?? unit}`;
    })
    .join(", ");
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, style: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${zone} ${JSON.stringify(style)}`;
  let found = formats.get(key);
  if (found === undefined) {
    found = new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...style });
    formats.set(key, found);
  }
  return found;
}

/** `22 Nov 2026, 14:03:05`, in a zone that the page names. */
export function when(time: string, zone: string): string {
  return formatter(zone, { dateStyle: "medium", timeStyle: "medium" }).format(new Date(time));
}

/** `22 Nov, 14:03:05`, for lists: the year is told when pointed at. */
export function moment(time: string, zone: string): string {
  const date = { day: "numeric", month: "short" } as const;
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit" } as const;
  return formatter(zone, { ...date, ...clock }).format(new Date(time));
}

/** `14:03:05`. */
export function clock(time: string, zone: string): string {
  return formatter(zone, { timeStyle: "medium" }).format(new Date(time));
}

/** `22 Nov`. */
export function day(time: string, zone: string): string {
  return formatter(zone, { day: "numeric", month: "short" }).format(new Date(time));
}

/** `2026-11-22`, the calendar day that a moment falls into. */
export function isoDay(time: string | Date, zone: string): string {
  const parts = formatter(zone, { year: "numeric", month: "2-digit", day: "2-digit" });
  const [d, m, y] = parts.format(new Date(time)).split("/");
  return `${y}-${m}-${d}`;
}

/** `12 s ago`, `3 min ago`, `5 h ago`, `4 days ago`. */
export function ago(time: string, now: number = Date.now()): string {
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  if (seconds < 60) return `${seconds} s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ago`;
  const days = Math.floor(seconds / 86_400);
  return days === 1 ? "1 day ago" : `${days} days ago`;
}
