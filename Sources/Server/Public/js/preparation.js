import { h, icon } from "./dom.js";
import { count, duration, plural } from "./format.js";

/** What is being prepared, how far it is, and what a question will cost. */
export class PreparationView {
  #element;
  #said = "";

  /** @param {HTMLElement} element @param {() => void} retry */
  constructor(element, retry) {
    this.#element = element;
    this.retry = retry;
  }

  /** @param {import("./types.js").Preparation} preparation */
  update(preparation) {
    const { state, done, total, error } = preparation;
    const said = JSON.stringify([state, sentence(preparation), done, total, price(preparation)]);
    if (said === this.#said) return;
    this.#said = said;
    if (state === "failed") {
      const again = h("button", { type: "button", onclick: this.retry }, "Try again");
      this.#element.replaceChildren(h("p", { class: "notice problem" }, error?.message ?? "The video could not be prepared.", again));
      return;
    }
    const cost = price(preparation);
    this.#element.replaceChildren(
      h("p", { class: "line" }, state === "ready" ? icon("check") : null, h("span", {}, sentence(preparation))),
      ...(state === "preparing" ? [h("progress", { max: Math.max(1, total), value: done, "aria-label": sentence(preparation) })] : []),
      ...(cost === "" ? [] : [h("p", { class: "small soft number" }, cost)]),
    );
  }
}

/** Where preparing stands, in a sentence. @param {import("./types.js").Preparation} preparation */
export function sentence({ state, stage, done, total, cost }) {
  switch (state) {
    case "waiting":
      return "Waiting for the model";
    case "preparing":
      if (stage === "sampling") return "Choosing frames";
      if (stage === "vision") return `Looking at the frames, ${count(done)} of ${count(total)}`;
      return `Reading them, ${count(done)} of ${plural(total, "token")}`;
    case "ready":
      return "Ready: the answer starts at once";
    case "sampled": {
      const seconds = cost?.estimatedSeconds ?? null;
      return seconds === null ? "Frames are chosen" : `The first word takes about ${duration(seconds)}`;
    }
    default:
      return "";
  }
}

/** What the frames cost. @param {import("./types.js").Preparation} preparation */
export function price({ state, frames, cost }) {
  if (cost === null || frames.length === 0) return "";
  const parts = [
    plural(frames.length, "frame"),
    `${plural(cost.tokensPerFrame, "token")} each`,
    `${count(cost.totalTokens)} of ${plural(cost.inputLimit, "token")} in all`,
  ];
  const isUnderWay = state === "waiting" || state === "preparing";
  if (isUnderWay && cost.estimatedSeconds !== null) parts.push(`about ${duration(cost.estimatedSeconds)} to go`);
  if (cost.isScaled) parts.push(`made smaller to fit: ${cost.scaledWidth} × ${cost.scaledHeight}`);
  return parts.join(" · ");
}
