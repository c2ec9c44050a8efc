import { find } from "./dom.js";

/** Whether the browser lets the box grow with its text by itself (`field-sizing` in the style sheet). */
const GROWS = CSS.supports("field-sizing", "content");

/** The box that the question is typed into. Enter sends, Shift+Enter makes a new line. */
export class Composer {
  #text = find("question");
  #send = find("send");
  #stop = find("stop");
  #editing = find("editing");
  #replaces = null;
  #canSend = false;
  #isRunning = false;

  /** @param {{ask: (text: string, replaces: string|null) => Promise<boolean>, stop: () => void}} actions `ask` says whether it was taken */
  constructor(actions) {
    this.actions = actions;
    find("composer").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    this.#text.addEventListener("keydown", (event) => {
      // While a word is being composed (Japanese, Chinese, …), Enter belongs to that.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.#submit();
    });
    this.#text.addEventListener("input", () => this.#show());
    this.#stop.addEventListener("click", () => actions.stop());
    find("keep").addEventListener("click", () => this.clear());
  }

  focus() { this.#text.focus(); }

  clear() {
    this.#replaces = null;
    this.#text.value = "";
    this.#show();
  }

  /** Asks an example question. @param {string} text */
  ask(text) {
    this.#text.value = text;
    this.#submit();
  }

  /** Puts a question back into the box, to be asked in its own place. @param {import("./types.js").Message} question */
  edit(question) {
    this.#replaces = question.id;
    this.#text.value = question.text;
    this.#show();
    this.focus();
  }

  /** @param {{canSend: boolean, isRunning: boolean}} state */
  update({ canSend, isRunning }) {
    const hadFocus = document.activeElement === this.#stop || document.activeElement === this.#send;
    [this.#canSend, this.#isRunning] = [canSend, isRunning];
    this.#show();
    if (hadFocus && isRunning) this.#stop.focus();
    else if (hadFocus) this.focus();
  }

  async #submit() {
    const text = this.#text.value.trim();
    if (text === "" || !this.#canSend || this.#isRunning) return;
    const replaces = this.#replaces;
    this.clear();
    if (await this.actions.ask(text, replaces)) return;
    if (this.#text.value === "") this.#text.value = text;
    this.#replaces = replaces;
    this.#show();
  }

  #show() {
    if (!GROWS) {
      this.#text.style.height = "auto";
      this.#text.style.height = `${this.#text.scrollHeight}px`;
    }
    this.#editing.hidden = this.#replaces === null;
    this.#stop.hidden = !this.#isRunning;
    this.#send.hidden = this.#isRunning;
    this.#send.disabled = !this.#canSend || this.#text.value.trim() === "";
  }
}
