import { svg } from "./dom.js";

/**
 * Draws boxes into an SVG that lies over a frame: a dark line under a bright one, to be seen on any picture.
 *
 * @param {SVGElement} layer
 * @param {import("./types.js").Box[]} boxes
 */
export function drawBoxes(layer, boxes) {
  layer.replaceChildren(
    ...boxes.flatMap(({ left, top, right, bottom }) => {
      const place = { x: left, y: top, width: right - left, height: bottom - top, rx: 6 };
      return [svg("rect", { ...place, class: "under" }), svg("rect", { ...place, class: "over" })];
    }),
  );
}

/** An empty layer in thousandths of the frame that it covers. */
export function boxLayer() {
  return svg("svg", { class: "boxes", viewBox: "0 0 1000 1000", preserveAspectRatio: "none", "aria-hidden": "true" });
}

/**
 * The boxes that speak of the same frame, together. Boxes of no frame are left out: there is nothing to draw them on.
 *
 * @param {import("./types.js").Box[]} boxes
 * @returns {{mediaId: string, frameIndex: number, frameTime: number, boxes: import("./types.js").Box[]}[]}
 */
export function byFrame(boxes) {
  const groups = new Map();
  for (const box of boxes) {
    if (box.mediaId === null) continue;
    const { mediaId, frameIndex, frameTime } = box;
    const key = `${mediaId}/${frameIndex}`;
    if (!groups.has(key)) groups.set(key, { mediaId, frameIndex, frameTime, boxes: [] });
    groups.get(key).boxes.push(box);
  }
  return [...groups.values()];
}

/** @param {number} number @returns {string} */
export function boxesAt(number, when) {
  return `${number === 1 ? "1 box" : `${number} boxes`} at ${when}`;
}
