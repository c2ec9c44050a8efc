import { boxLayer, drawBoxes } from "./boxes.js";
import { Controls } from "./controls.js";
import { h } from "./dom.js";

/** The video or picture on the stage, and the boxes of the latest reply over the frame that they speak of. */
export class Player {
  #stage;
  #moved;
  #media = null;
  #screen = null;
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

  /** @param {import("./types.js").Media} media */
  show(media) {
    if (media.id === this.mediaId) return;
    this.#media = media;
    this.#stage.style.setProperty("--ratio", String(media.width / media.height));
    this.#screen = media.kind === "picture" ? h("img", { src: media.url, alt: media.name }) : this.#video(media);
    this.#stage.replaceChildren(this.#screen, this.#layer);
    this.#controls.attach(media.kind === "picture" ? null : this.#screen, media.fps);
    this.#tell();
  }

  clear() {
    this.#media = null;
    this.#marks = [];
    this.#stage.replaceChildren();
  }

  /** Shows the frame at a time, and stays there. @param {number} seconds after the first frame */
  seek(seconds) {
    if (this.#media?.kind !== "video") return;
    this.#screen.pause();
    // Times are rounded to hundredths: half a frame later is surely within the frame that is meant.
    this.#screen.currentTime = Math.min(seconds + this.#frameSeconds / 2, Math.max(0, this.#media.duration - 0.001));
  }

  /** @param {ReturnType<import("./boxes.js").byFrame>} groups */
  mark(groups) {
    this.#marks = groups;
    this.#draw();
  }

  #video({ url, name }) {
    const video = h("video", { src: url, playsInline: true, preload: "auto", "aria-label": name });
    for (const event of ["timeupdate", "seeked", "play", "pause", "loadedmetadata"]) video.addEventListener(event, () => this.#tell());
    return video;
  }

  get #frameSeconds() { return this.#media.fps > 0 ? 1 / this.#media.fps : 0; }

  get #time() { return this.#media.kind === "video" ? this.#screen.currentTime : 0; }

  #tell() {
    this.#draw();
    this.#controls.show();
    this.#moved(this.#media.id, this.#time);
  }

  #draw() {
    if (this.#media === null) return;
    const isMeant = ({ mediaId, frameTime }) =>
      mediaId === this.#media.id &&
      (this.#media.kind === "picture" || (this.#screen.paused && Math.abs(this.#time - frameTime) <= this.#frameSeconds));
    drawBoxes(this.#layer, this.#marks.filter(isMeant).flatMap(({ boxes }) => boxes));
  }
}
