import { find, h } from "./dom.js";

/** Sentences above the page: what is wrong or going on, and what can be done. One for each subject. */
export class Notices {
  #list = find("notices");
  #shown = new Map();

  /**
   * @param {string} subject a later notice on it takes the place of the earlier one
   * @param {string} text
   * @param {{isProblem?: boolean, action?: {name: string, run: () => void}, canClose?: boolean}} [options]
   */
  show(subject, text, { isProblem = false, action, canClose = false } = {}) {
    if (this.#shown.get(subject)?.text === text) return;
    this.clear(subject);
    const buttons = [];
    if (action !== undefined) buttons.push(h("button", { type: "button", onclick: action.run }, action.name));
    if (canClose) buttons.push(h("button", { type: "button", onclick: () => this.clear(subject) }, "Close"));
    const looks = isProblem ? { class: "notice problem", role: "alert" } : { class: "notice" };
    const element = h("div", looks, h("span", {}, text), ...buttons);
    this.#shown.set(subject, { text, element });
    this.#list.append(element);
  }

  /** @param {string} subject */
  clear(subject) {
    this.#shown.get(subject)?.element.remove();
    this.#shown.delete(subject);
  }

  /** Says what went wrong when something was tried. @param {Error & {requestId?: string|null}} error */
  failed(error) {
    const request = error.requestId ? ` (request ${error.requestId.slice(-8)})` : "";
    this.show("problem", `${error.message}${request}`, { isProblem: true, canClose: true });
  }
}

/** Says something to a screen reader, politely. @param {string} text */
export function announce(text) {
  find("live").textContent = text;
}
