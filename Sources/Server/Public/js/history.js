import { find, h, icon, whenQuiet } from "./dom.js";
import { day, plural } from "./format.js";

/** Past conversations, newest first: opened, searched, renamed, deleted. */
export class History {
  #dialog = find("past");
  #search = find("past-search");
  #list = find("past-list");
  #more = find("past-more");
  #api;
  #actions;
  #next = null;

  /**
   * @param {import("./api.js").Api} api
   * @param {{current: () => string|null, open: (id: string) => void, deleted: (id: string) => void,
   *   failed: (error: Error) => void}} actions
   */
  constructor(api, actions) {
    this.#api = api;
    this.#actions = actions;
    this.#search.addEventListener("input", whenQuiet(250, () => this.#load()));
    this.#more.addEventListener("click", () => this.#load(this.#next));
  }

  open() {
    this.#search.value = "";
    this.#dialog.showModal();
    this.#load();
  }

  async #load(before = null) {
    const query = new URLSearchParams({ limit: "50" });
    const words = this.#search.value.trim();
    if (words !== "") query.set("q", words);
    if (before !== null) query.set("before", before);
    try {
      const { conversations, next } = await this.#api.get(`/api/conversations?${query}`);
      if (words !== this.#search.value.trim()) return;
      const rows = conversations.map((summary) => this.#row(summary));
      if (before === null) this.#list.replaceChildren(...rows);
      else this.#list.append(...rows);
      this.#next = next;
      this.#more.hidden = next === null;
      find("past-none").hidden = this.#list.children.length > 0;
      find("past-none").textContent = words === "" ? "No conversations yet." : "Nothing has these words.";
    } catch (error) {
      this.#actions.failed(error);
    }
  }

  #row(summary) {
    summary = { ...summary, title: summary.title || summary.media[0]?.name || "Conversation" };
    const row = h("li");
    const show = () => row.replaceChildren(...this.#shown(summary, rename, ask));
    const rename = () => row.replaceChildren(this.#renaming(summary, show));
    const ask = () => row.replaceChildren(this.#asking(summary, row, show));
    show();
    return row;
  }

  #shown({ id, title, media, updatedAt, messageCount, isRunning }, rename, ask) {
    const poster = media[0]?.posterUrl ?? null;
    const asked = messageCount === 0 ? "not asked yet" : plural(messageCount, "message");
    const what = isRunning ? "running now" : asked;
    return [
      h(
        "button",
        { type: "button", class: "open", "aria-current": String(id === this.#actions.current()), onclick: () => this.#open(id) },
        poster === null ? null : h("img", { src: poster, alt: "", loading: "lazy" }),
        h(
          "span",
          { class: "words" },
          h("span", { class: "title" }, title),
          h("span", { class: "small soft number" }, `${day(updatedAt)} · ${what}`),
        ),
      ),
      h("button", { type: "button", class: "quiet only-icon", "aria-label": `Rename ${title}`, onclick: rename }, icon("edit")),
      h("button", { type: "button", class: "quiet only-icon", "aria-label": `Delete ${title}`, onclick: ask }, icon("delete")),
    ];
  }

  #open(id) {
    this.#dialog.close();
    this.#actions.open(id);
  }

  #renaming(summary, show) {
    const input = h("input", { value: summary.title, maxLength: 200, "aria-label": "Title" });
    const save = async (event) => {
      event.preventDefault();
      const title = input.value.trim();
      if (title !== "" && title !== summary.title) await this.#try(() => this.#rename(summary, title));
      show();
    };
    const leave = (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault(); // Else it would close the whole history.
      show();
    };
    queueMicrotask(() => input.select());
    return h("form", { onsubmit: save, onkeydown: leave }, input);
  }

  async #rename(summary, title) {
    summary.title = (await this.#api.patch(`/api/conversations/${summary.id}`, { title })).title;
  }

  #asking({ id, title }, row, show) {
    const remove = () => this.#try(async () => {
      await this.#api.delete(`/api/conversations/${id}`);
      row.remove();
      this.#search.focus();
      this.#actions.deleted(id);
    });
    const keep = h("button", { type: "button", class: "quiet", onclick: show }, "Keep");
    queueMicrotask(() => keep.focus());
    return h("div", { class: "asking", role: "group", "aria-label": `Delete ${title}` },
      h("span", { class: "title" }, "Delete it, with its files?"),
      h("button", { type: "button", class: "danger", onclick: remove }, "Delete"), keep);
  }

  async #try(action) {
    try {
      await action();
    } catch (error) {
      this.#actions.failed(error);
    }
  }
}
