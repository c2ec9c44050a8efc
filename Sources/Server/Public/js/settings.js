/** The settings that the next question is asked with, kept in this browser for the next visit. */

const KEY = "glimpse.settings";

/** The settings that decide what is prepared; a running reply holds on to them. */
export const FRAME_SETTINGS = ["layout", "frames", "fps", "maxPixels", "system"];

/**
 * What was kept, where the server still takes it.
 *
 * @param {any} options the answer of `GET /api/options`
 * @returns {import("./types.js").Settings}
 */
export function kept(options) {
  try {
    const values = Object.entries(JSON.parse(localStorage.getItem(KEY) ?? "{}"));
    return { ...options.defaults, ...Object.fromEntries(values.filter(([name, value]) => isTaken(name, value, options))) };
  } catch {
    return { ...options.defaults }; // What is kept is no JSON, or the browser keeps nothing.
  }
}

function isTaken(name, value, { defaults, sliders, layouts, ...ranges }) {
  if (!(name in defaults)) return false;
  if (name === "layout") return layouts.some((layout) => layout.value === value);
  if (name === "system") return typeof value === "string";
  const slider = sliders.find(({ key }) => key === name);
  const { min, max } = slider ?? ranges[name];
  return (value === null && slider === undefined) || (typeof value === "number" && value >= min && value <= max);
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
