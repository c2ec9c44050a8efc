import { find } from "./dom.js";
import { duration } from "./format.js";

/**
 * Says which video or picture is on the stage.
 *
 * @param {import("./types.js").Media|undefined} shown
 * @param {import("./types.js").Media[]} media all of the conversation
 * @param {boolean} isStill whether it has to be shown as its frames
 */
export function showCaption(shown, media, isStill) {
  find("media-name").textContent = shown?.name ?? "No video";
  const facts = [];
  if (shown?.kind === "video") facts.push(duration(shown.duration));
  if (shown !== undefined) facts.push(`${shown.width} × ${shown.height}`);
  if (media.length > 1) facts.push(`${media.indexOf(shown) + 1} of ${media.length}`);
  if (isStill) facts.push("shown as its frames: this browser does not play the format");
  find("media-facts").textContent = facts.join(" · ");
}
