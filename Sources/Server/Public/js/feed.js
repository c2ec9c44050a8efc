import { changed } from "./changes.js";

const EVENTS = ["snapshot", "conversation", "preparation", "message", "removed", "progress", "delta", "rendered", "stats"];

/**
 * A conversation as the server keeps it, told anew whenever it changes, at most once a frame of the screen.
 *
 * The first event after each connection is the whole conversation, so a lost line costs nothing: a reply that is running is picked
 * up again. Where the browser gives up (the server refuses, or is gone), `lost` is told, and whoever listens calls `open` again.
 */
export class Feed {
  #source = null;
  #conversation = null;
  #drawing = 0;
  #handlers;

  /**
   * @param {string} id of the conversation
   * @param {{changed: (conversation: import("./types.js").Conversation) => void, connected: () => void, lost: (isFinal: boolean) => void,
   *   deleted: () => void, stopping: () => void}} handlers
   */
  constructor(id, handlers) {
    this.id = id;
    this.#handlers = handlers;
  }

  get isOpen() { return this.#source !== null; }

  open() {
    this.#source?.close();
    const source = new EventSource(`/api/conversations/${this.id}/events`);
    this.#source = source;
    source.onopen = () => this.#handlers.connected();
    source.onerror = () => this.#handlers.lost(source.readyState === EventSource.CLOSED);
    for (const event of EVENTS) source.addEventListener(event, ({ data }) => this.#take(event, JSON.parse(data)));
    source.addEventListener("stopping", () => this.#handlers.stopping());
    source.addEventListener("deleted", () => {
      this.close();
      this.#handlers.deleted();
    });
  }

  close() {
    this.#source?.close();
    this.#source = null;
    cancelAnimationFrame(this.#drawing);
    this.#drawing = 0;
  }

  #take(event, data) {
    if (this.#conversation === null && event !== "snapshot") return;
    this.#conversation = changed(this.#conversation, event, data);
    if (this.#drawing !== 0) return;
    this.#drawing = requestAnimationFrame(() => {
      this.#drawing = 0;
      this.#handlers.changed(this.#conversation);
    });
  }
}
