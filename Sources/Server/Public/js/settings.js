/** The settings that the next question is asked with, kept in this browser for the next visit. */

const KEY = "glimpse.settings";

/** The settings that decide what is prepared; a running reply holds on to them. */
export const FRAME_SETTINGS = ["layout", "frames", "fps", "maxPixels", "system"];

/**
 * What was kept, where it still makes sense.
 *
 * @param {import("./types.js").Settings} defaults
 * @returns {import("./types.js").Settings}
 */
export function kept(defaults) {
  try {
    const values = Object.entries(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
    return { ...defaults, ...Object.fromEntries(values.filter(([name]) => name in defaults)) };
  } catch {
    return { ...defaults }; // What is kept is no JSON, or the browser keeps nothing.
  }
}

/** Keeps what differs from the defaults. */
export function keep(settings, defaults) {
  const own = Object.entries(settings).filter(([name, value]) => value !== defaults[name]);
  try {
    localStorage.setItem(KEY, JSON.stringify(Object.fromEntries(own)));
  } catch {
    // A browser that keeps nothing still asks with these settings now.
  }
}

/**
 * A number that was typed, moved into its range and onto its steps; `null` if it is none.
 *
 * @param {string} text
 * @param {{min: number, max: number, step?: number}} range
 */
export function fitted(text, { min, max, step }) {
  const value = Number.parseFloat(text);
  if (!Number.isFinite(value)) return null;
  const inside = Math.min(max, Math.max(min, value));
  if (step === undefined) return inside;
  const places = (String(step).split(".")[1] ?? "").length;
  return Number(Math.min(max, min + Math.round((inside - min) / step) * step).toFixed(places));
}
