import { find, h } from "./dom.js";

/** Questions to begin with, asked with one click. */
export class Examples {
  #box = find("examples");
  #list = find("example-list");
  #shown = "";

  /** @param {(question: string) => void} ask */
  constructor(ask) {
    this.ask = ask;
  }

  /** @param {string[]} questions none: something has been asked already */
  update(questions) {
    const key = JSON.stringify(questions);
    if (key === this.#shown) return;
    this.#shown = key;
    this.#box.hidden = questions.length === 0;
    this.#list.replaceChildren(
      ...questions.map((question) => h("li", {}, h("button", { type: "button", onclick: () => this.ask(question) }, question))),
    );
  }
}
