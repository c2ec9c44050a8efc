/** Numbers as people read them. */

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat("en", { maximumFractionDigits: 2 });
const tenths = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });

/** @param {number} number */
export const count = (number) => whole.format(number);

/** `1 frame`, `10 frames`. @param {number} number @param {string} noun */
export const plural = (number, noun) => `${count(number)} ${noun}${number === 1 ? "" : "s"}`;

/** `8.3`, `60`: how many in a second. @param {number} number */
export const rate = (number) => (number < 9.95 ? tenths : whole).format(number);

/** A time in a video: `1.32 s`, from a minute on `1:05.2`. @param {number} seconds */
export function time(seconds) {
  if (seconds < 60) return `${short.format(seconds)} s`;
  const tenth = Math.round(seconds * 10);
  const [minutes, rest] = [Math.floor(tenth / 600), (tenth % 600) / 10];
  return `${minutes}:${rest < 10 ? "0" : ""}${tenths.format(rest)}`;
}

/** How long something takes: `4 ms`, `0.31 s`, `12 s`, `3 min`. @param {number} seconds */
export function duration(seconds) {
  if (seconds < 0.0995) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 9.95) return `${seconds < 0.995 ? short.format(seconds) : tenths.format(seconds)} s`;
  return seconds < 99.5 ? `${count(seconds)} s` : `${count(seconds / 60)} min`;
}

/** `183 kB`, `1.2 GB`. @param {number} bytes */
export function bytes(bytes) {
  const units = ["bytes", "kB", "MB", "GB"];
  let power = 0;
  while (power < units.length - 1 && bytes >= 999.5) [bytes, power] = [bytes / 1000, power + 1];
  return `${bytes < 10 && power > 0 ? tenths.format(bytes) : count(bytes)} ${units[power]}`;
}

/** `Tue 24 Nov`, or the time of day if it was today. @param {string} date RFC 3339 @param {Date} [now] */
export function day(date, now = new Date()) {
  const then = new Date(date);
  return then.toDateString() === now.toDateString()
    ? then.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" })
    : then.toLocaleDateString(undefined, { day: "numeric", month: "short", year: "numeric" });
}
