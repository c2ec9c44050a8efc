import { find } from "./dom.js";

/** The ways to take a conversation along. Subtitles are made of the times that replies name. */
export class ExportMenu {
  /** @param {string} id of the conversation */
  constructor(id) {
    this.id = id;
  }

  /** @param {import("./types.js").Message[]} messages */
  update(messages) {
    const hasMoments = messages.some(({ moments }) => moments?.length > 0);
    find("no-moments").hidden = hasMoments;
    this.#offer("md", true);
    this.#offer("json", true);
    this.#offer("srt", hasMoments);
    this.#offer("vtt", hasMoments);
  }

  #offer(format, isThere) {
    const link = find(`export-${format}`);
    link.hidden = !isThere;
    link.href = `/api/conversations/${this.id}/export?format=${format}`;
  }
}
