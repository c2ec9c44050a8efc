import { boxLayer, boxesAt, byFrame, drawBoxes } from "./boxes.js";
import { isRunning } from "./changes.js";
import { copy } from "./clipboard.js";
import { h, icon } from "./dom.js";
import { count, duration, plural, rate, time } from "./format.js";
import { showHtml } from "./markdown.js";
import { tabs } from "./tabs.js";

/** One reply: the thought, folded away once the answer begins, then the answer, or the exact text of both. */
export class ReplyView {
  #actions;
  #message = null;
  #isThinking = false;
  #shownBoxes = "";

  #label = h("span", { class: "label" });
  #thoughtText = h("div", { class: "text" });
  #thought = h("details", { class: "thought" }, h("summary", {}, icon("chevron"), this.#label), this.#thoughtText);
  #answer = h("div", { class: "answer" });
  #shown = h("div", { class: "shown" });
  #state = h("div", { class: "state" });
  #raw = h("pre", { class: "raw" });
  #copied = h("span", {}, "Copy Markdown");
  #copy = h("button", { type: "button", class: "quiet", onclick: () => this.#copyText() }, icon("copy"), this.#copied);
  #again = h("button", { type: "button", class: "quiet", onclick: () => this.#regenerate() }, icon("again"), "Regenerate");
  #figures = h("p", { class: "figures number" });
  #foot;
  #views;

  /**
   * @param {{regenerate: (reply: import("./types.js").Message) => void, copied: () => void,
   *   show: (mediaId: string, seconds: number) => void, media: (id: string) => import("./types.js").Media|undefined}} actions
   */
  constructor(actions) {
    this.#actions = actions;
    const views = [
      { name: "Answer", panel: h("div", { class: "reply" }, this.#thought, this.#answer, this.#shown) },
      { name: "Raw", panel: h("div", {}, this.#raw) },
    ];
    this.#views = tabs("What to show of this reply", views, () => this.#nameCopy());
    this.#foot = h("div", { class: "foot" }, h("div", { class: "actions" }, this.#views.list, this.#copy, this.#again), this.#figures);
    this.element = h("article", { class: "reply", "aria-label": "Reply" }, ...this.#views.panels, this.#state, this.#foot);
  }

  /** @param {import("./types.js").Message} message @param {boolean} isLast only the last reply can be made again */
  update(message, isLast) {
    this.#message = message;
    const running = isRunning(message);
    this.#showThought(message, running);
    showHtml(this.#answer, message.answerHtml);
    this.#raw.textContent = message.raw;
    this.#showBoxes(message.boxes);
    this.#showState(message);
    this.#foot.hidden = running && message.raw === "";
    this.#again.hidden = running || !isLast;
    this.#copy.hidden = running;
    this.#figures.textContent = figures(message.stats);
    this.element.setAttribute("aria-busy", String(running));
  }

  #showThought({ stage, thoughtHtml, stats }, running) {
    const isThinking = running && stage === "thinking";
    const seconds = stats.thoughtSeconds ?? (isThinking ? stats.generateSeconds : null);
    this.#label.textContent = isThinking ? thinking(seconds) : thought(seconds);
    this.#thought.hidden = thoughtHtml === "" && !isThinking;
    this.#thought.classList.toggle("now", isThinking);
    // It opens when thinking begins and closes when that ends; in between and afterwards the reader decides.
    if (isThinking !== this.#isThinking) this.#thought.open = isThinking;
    this.#isThinking = isThinking;
    showHtml(this.#thoughtText, thoughtHtml);
  }

  #showBoxes(boxes) {
    const key = JSON.stringify(boxes);
    if (key === this.#shownBoxes) return;
    this.#shownBoxes = key;
    this.#shown.replaceChildren(...byFrame(boxes).map((group) => this.#picture(group)).filter((picture) => picture !== null));
  }

  #picture({ mediaId, frameIndex, frameTime, boxes }) {
    const media = this.#actions.media(mediaId);
    if (media === undefined) return null;
    const layer = boxLayer();
    drawBoxes(layer, boxes);
    const when = time(frameTime);
    return h(
      "button",
      { type: "button", "aria-label": `Show ${boxesAt(boxes.length, when)}`, onclick: () => this.#actions.show(mediaId, frameTime) },
      h("img", { src: `/api/media/${mediaId}/frames/${frameIndex}.png`, alt: "", width: media.width, height: media.height }),
      layer,
      h("span", { class: "when number" }, when),
    );
  }

  #showState(message) {
    const text = state(message);
    this.#state.hidden = text === "";
    const hasProgress = text !== "" && message.status === "running" && message.total > 0;
    this.#state.classList.toggle("problem", message.status === "failed");
    this.#state.replaceChildren(
      h("p", {}, text),
      ...(hasProgress ? [h("progress", { max: message.total, value: message.done, "aria-label": text })] : []),
    );
  }

  #regenerate() {
    this.#actions.regenerate(this.#message);
  }

  async #copyText() {
    const { raw, answer } = this.#message;
    await copy(this.#views.selected === "Raw" ? raw : answer, this.#copy);
    this.#actions.copied();
    this.#copied.textContent = "Copied";
    setTimeout(() => this.#nameCopy(), 1500);
  }

  #nameCopy() {
    this.#copied.textContent = this.#views.selected === "Raw" ? "Copy raw" : "Copy Markdown";
  }
}

const thinking = (seconds) => (seconds === null || seconds < 1 ? "Thinking" : `Thinking, ${duration(seconds)}`);

function thought(seconds) {
  if (seconds === null) return "Thought";
  return seconds < 1 ? "Thought for a moment" : `Thought for ${duration(seconds)}`;
}

/** @param {number} position 1 is next */
const place = (position) => (position === 1 ? "next" : `${position - 1} before you`);

/** What is to be said of a reply besides its text. @param {import("./types.js").Message} message */
export function state({ status, stage, queuePosition, done, total, finish, error, answer }) {
  switch (status) {
    case "queued":
      return queuePosition === null ? "Waiting" : `Waiting in line, ${place(queuePosition)}`;
    case "running":
      if (stage === "sampling") return "Choosing frames";
      if (stage === "vision") return `Looking at the frames, ${count(done)} of ${count(total)}`;
      if (stage === "prefill") return `Reading, ${count(done)} of ${plural(total, "token")}`;
      return stage === null ? "Starting" : "";
    case "stopped":
      return "You stopped this reply.";
    case "interrupted":
      return "This reply was interrupted. Regenerate makes it anew.";
    case "failed":
      return error?.message ?? "This reply failed.";
    default:
      if (finish !== "length") return answer === "" ? "The model ended without an answer." : "";
      return answer === ""
        ? "All its tokens went into thinking. Raise “Max new tokens” or set a thinking budget, and regenerate."
        : "Cut off at “Max new tokens”.";
  }
}

/** Speed and counts, small. @param {import("./types.js").Stats} stats */
export function figures({ tokensPerSecond, timeToFirstToken, promptTokens, cachedTokens, replyTokens }) {
  const parts = [];
  if (tokensPerSecond !== null) parts.push(`${rate(tokensPerSecond)} tokens/s`);
  if (timeToFirstToken !== null) parts.push(`first after ${duration(timeToFirstToken)}`);
  if (promptTokens !== null) parts.push(`${count(promptTokens)} in${cachedTokens ? ` (${count(cachedTokens)} remembered)` : ""}`);
  if (replyTokens !== null) parts.push(`${count(replyTokens)} out`);
  return parts.join(" · ");
}
