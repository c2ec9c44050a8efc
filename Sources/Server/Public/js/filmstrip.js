import { h } from "./dom.js";
import { time } from "./format.js";

/** The frames that the model sees, with their times. One stop for the Tab key; the arrow keys go along it. */
export class Filmstrip {
  #strip;
  #choose;
  #frames = [];
  #buttons = [];
  #pointed = ["", 0];

  /**
   * @param {HTMLElement} strip
   * @param {(frame: import("./types.js").Frame) => void} choose
   */
  constructor(strip, choose) {
    this.#strip = strip;
    this.#choose = choose;
    strip.addEventListener("keydown", (event) => this.#walk(event));
  }

  /** @param {import("./types.js").Frame[]} frames */
  update(frames) {
    const isSame = frames.length === this.#frames.length && frames.every(({ url }, i) => url === this.#frames[i].url);
    this.#frames = frames;
    if (isSame) return;
    this.#buttons = frames.map((frame, i) =>
      h(
        "button",
        { type: "button", tabIndex: i === 0 ? 0 : -1, "aria-label": `Frame at ${time(frame.time)}`, onclick: () => this.#choose(frame) },
        h("img", { src: frame.url, alt: "", loading: "lazy", width: frame.width, height: frame.height }),
        h("span", { class: "number" }, time(frame.time)),
      ),
    );
    this.#strip.replaceChildren(...this.#buttons);
    this.#strip.hidden = frames.length === 0;
    if (frames.length > 0) this.#strip.style.setProperty("--ratio", String(frames[0].width / frames[0].height));
    this.point(...this.#pointed);
  }

  /** Points out the frame that is nearest to what the player shows. @param {string} mediaId @param {number} seconds */
  point(mediaId, seconds) {
    this.#pointed = [mediaId, seconds];
    const at = nearest(this.#frames, mediaId, seconds);
    this.#buttons.forEach((button, i) => button.setAttribute("aria-current", String(i === at)));
    if (at >= 0 && !this.#strip.contains(document.activeElement)) this.#reveal(this.#buttons[at]);
  }

  #reveal(button) {
    const { scrollLeft, clientWidth } = this.#strip;
    const left = button.offsetLeft - this.#strip.offsetLeft;
    if (left < scrollLeft || left + button.offsetWidth > scrollLeft + clientWidth) {
      this.#strip.scrollLeft = left - (clientWidth - button.offsetWidth) / 2;
    }
  }

  #walk(event) {
    const at = this.#buttons.indexOf(document.activeElement);
    const last = this.#buttons.length - 1;
    const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: last }[event.key];
    if (at < 0 || next === undefined) return;
    event.preventDefault();
    const button = this.#buttons[Math.max(0, Math.min(last, next))];
    for (const other of this.#buttons) other.tabIndex = other === button ? 0 : -1;
    button.focus();
  }
}

/**
 * Which of the frames of a video is nearest to a time; -1 if there is none.
 *
 * @param {import("./types.js").Frame[]} frames
 * @param {string} mediaId
 * @param {number} seconds
 */
export function nearest(frames, mediaId, seconds) {
  let best = -1;
  frames.forEach((frame, i) => {
    if (frame.mediaId !== mediaId) return;
    if (best < 0 || Math.abs(frame.time - seconds) < Math.abs(frames[best].time - seconds)) best = i;
  });
  return best;
}
