import { boxLayer, drawBoxes } from "./boxes.js";
import { Controls } from "./controls.js";
import { h } from "./dom.js";
import { nearest } from "./filmstrip.js";

/**
 * The video or picture on the stage, and the boxes of the latest reply over the frame that they speak of.
 *
 * A format that the browser cannot play is shown as what the model sees of it: its frames, one at a time.
 */
export class Player {
  #stage;
  #moved;
  #media = null;
  #frames = [];
  #screen = null;
  #stillTime = 0;
  #layer = boxLayer();
  #controls = new Controls();
  #marks = [];

  /**
   * @param {HTMLElement} stage
   * @param {(mediaId: string, seconds: number) => void} moved told whenever another moment is shown
   */
  constructor(stage, moved) {
    this.#stage = stage;
    this.#moved = moved;
  }

  get mediaId() { return this.#media?.id ?? null; }

  /** Whether it is a video that has to be shown as its frames. */
  get isStill() { return this.#media?.kind === "video" && !this.#plays; }

  /** @param {import("./types.js").Media} media */
  show(media) {
    if (media.id === this.mediaId) return;
    this.#media = media;
    this.#stage.style.setProperty("--ratio", String(media.width / media.height));
    this.#put(media.kind === "picture" ? h("img", { src: media.url, alt: media.name }) : this.#video(media));
  }

  clear() {
    this.#media = null;
    this.#marks = this.#frames = [];
    this.#stage.replaceChildren();
  }

  /** @param {import("./types.js").Frame[]} frames what the model sees */
  update(frames) {
    this.#frames = frames;
    if (this.isStill) this.#showStill(this.#stillTime);
  }

  /** Shows the frame at a time, and stays there. @param {number} seconds after the first frame */
  seek(seconds) {
    if (this.isStill) return this.#showStill(seconds);
    if (!this.#plays) return;
    this.#screen.pause();
    // Times are rounded to hundredths: half a frame later is surely within the frame that is meant.
    this.#screen.currentTime = Math.min(seconds + this.#frameSeconds / 2, Math.max(0, this.#media.duration - 0.001));
  }

  /** @param {ReturnType<import("./boxes.js").byFrame>} groups */
  mark(groups) {
    this.#marks = groups;
    this.#draw();
  }

  get #plays() { return this.#screen instanceof HTMLVideoElement; }

  get #frameSeconds() { return this.#media.fps > 0 ? 1 / this.#media.fps : 0; }

  get #time() { return this.#plays ? this.#screen.currentTime : this.#stillTime; }

  #put(screen) {
    this.#screen = screen;
    this.#stillTime = 0;
    this.#stage.replaceChildren(screen, this.#layer);
    this.#controls.attach(this.#plays ? screen : null, this.#media.fps);
    this.#tell();
  }

  #video({ url, name }) {
    const video = h("video", { src: url, playsInline: true, preload: "auto", "aria-label": name });
    for (const event of ["timeupdate", "seeked", "play", "pause", "loadedmetadata"]) {
      video.addEventListener(event, () => { if (video === this.#screen) this.#tell(); });
    }
    video.addEventListener("error", () => {
      if (video !== this.#screen) return;
      this.#put(h("img", { alt: name }));
      this.#showStill(0);
    });
    return video;
  }

  #showStill(seconds) {
    const at = nearest(this.#frames, this.#media.id, seconds);
    if (at < 0) return;
    const { url, time } = this.#frames[at];
    this.#screen.src = url;
    this.#stillTime = time;
    this.#tell();
  }

  #tell() {
    this.#draw();
    this.#controls.show();
    this.#moved(this.#media.id, this.#time);
  }

  #draw() {
    if (this.#media === null) return;
    const isShown = ({ mediaId, frameTime }) => mediaId === this.#media.id && Math.abs(this.#time - frameTime) <= this.#frameSeconds;
    const isMoving = this.#plays && !this.#screen.paused;
    drawBoxes(this.#layer, isMoving ? [] : this.#marks.filter(isShown).flatMap(({ boxes }) => boxes));
  }
}
