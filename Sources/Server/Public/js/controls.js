import { find } from "./dom.js";
import { time } from "./format.js";

/** Play, seek and full screen, below the picture instead of over it: a paused frame and its boxes are to be seen whole. */
export class Controls {
  #bar = find("controls");
  #play = find("play");
  #seek = find("seek");
  #now = find("now");
  #video = null;
  #frameSeconds = 0;

  constructor() {
    this.#play.addEventListener("click", () => this.toggle());
    this.#seek.addEventListener("input", () => { this.#video.currentTime = Number(this.#seek.value); });
    find("full").addEventListener("click", () => this.#enlarge());
  }

  /** @param {HTMLVideoElement|null} video none for a picture @param {number} fps the arrow keys go from frame to frame */
  attach(video, fps) {
    this.#video = video;
    this.#bar.hidden = video === null;
    if (video === null) return;
    this.#frameSeconds = fps > 0 ? 1 / fps : 0.1;
    this.#seek.step = String(this.#frameSeconds);
    video.addEventListener("click", () => this.toggle());
    video.addEventListener("fullscreenchange", () => { video.controls = document.fullscreenElement === video; });
    this.show();
  }

  toggle() {
    if (!this.#video.paused) this.#video.pause();
    else this.#video.play().catch(() => {}); // What cannot be played tells so by its `error` event.
  }

  #enlarge() {
    if (this.#video.requestFullscreen !== undefined) this.#video.requestFullscreen();
    else this.#video.webkitEnterFullscreen(); // iPhones
  }

  show() {
    if (this.#video === null) return;
    const { currentTime, duration, paused } = this.#video;
    const length = Number.isFinite(duration) ? duration : 0;
    this.#seek.max = String(length);
    this.#seek.value = String(currentTime);
    const shown = time(Math.floor(currentTime / this.#frameSeconds + 0.001) * this.#frameSeconds);
    this.#seek.setAttribute("aria-valuetext", `${shown} of ${time(length)}`);
    this.#now.textContent = `${shown} / ${time(length)}`;
    this.#play.setAttribute("aria-label", paused ? "Play" : "Pause");
    this.#play.classList.toggle("playing", !paused);
  }
}
