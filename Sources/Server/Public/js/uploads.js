import { ApiError } from "./api.js";
import { find } from "./dom.js";
import { bytes } from "./format.js";
import { upload } from "./upload.js";

/** Files on their way to the server, with their progress and a way to cancel. */
export class Uploads {
  #dialog = find("upload");
  #cancel = new AbortController();
  #askForKey;

  /** @param {() => Promise<void>} askForKey resolves once the server has taken a key */
  constructor(askForKey) {
    this.#askForKey = askForKey;
    find("upload-cancel").addEventListener("click", () => this.#cancel.abort());
    this.#dialog.addEventListener("cancel", (event) => {
      event.preventDefault();
      this.#cancel.abort();
    });
  }

  /**
   * Sends them one after the other. Cancelled, it answers with none.
   *
   * @param {File[]} files
   * @param {{maxUploadBytes: number, maxMediaPerConversation: number}} limits refused here at once, not after minutes of sending
   * @returns {Promise<import("./types.js").Media[]>}
   */
  async send(files, limits) {
    check(files, limits);
    this.#cancel = new AbortController();
    this.#dialog.showModal();
    try {
      const media = [];
      for (const file of files) media.push(await this.#send(file));
      return media;
    } catch (error) {
      if (this.#cancel.signal.aborted) return [];
      throw error;
    } finally {
      this.#dialog.close();
    }
  }

  async #send(file) {
    find("upload-name").textContent = file.name;
    const [progress, note] = [find("upload-progress"), find("upload-note")];
    const show = (sent, total) => {
      progress.value = total > 0 ? sent / total : 0;
      note.textContent = sent < total ? `${bytes(sent)} of ${bytes(total)}` : "Looking into the file";
    };
    show(0, file.size);
    try {
      return await upload(file, this.#cancel.signal, show);
    } catch (error) {
      if (error.status !== 401) throw error;
      await this.#askForKey();
      return this.#send(file);
    }
  }
}

function check(files, { maxUploadBytes, maxMediaPerConversation }) {
  if (files.length > maxMediaPerConversation) {
    throw new ApiError(413, "too_large", `These are ${files.length} files; a conversation takes up to ${maxMediaPerConversation}.`);
  }
  const large = files.find(({ size }) => size > maxUploadBytes);
  if (large !== undefined) {
    throw new ApiError(413, "too_large", `${large.name} has ${bytes(large.size)}; the server takes up to ${bytes(maxUploadBytes)}.`);
  }
  const empty = files.find(({ size }) => size === 0);
  if (empty !== undefined) throw new ApiError(422, "unreadable_media", `${empty.name} is empty.`);
}
