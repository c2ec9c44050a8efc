import { runningReply } from "./changes.js";
import { find, h, icon } from "./dom.js";
import { ReplyView } from "./reply.js";

/** Questions and replies. Views are kept by id, so that what does not change stays on the page untouched. */
export class ConversationView {
  #turns = find("turns");
  #end = find("end");
  #actions;
  #views = new Map();
  #isAtEnd = true;

  /**
   * @param {{edit: (question: import("./types.js").Message) => void, seek: (seconds: number) => void}
   *   & ConstructorParameters<typeof ReplyView>[0]} actions
   */
  constructor(actions) {
    this.#actions = actions;
    this.#turns.addEventListener("click", ({ target }) => {
      const moment = target.closest("button.moment");
      if (moment !== null) actions.seek(Number(moment.dataset.seconds));
    });
    new IntersectionObserver(([{ isIntersecting }]) => { this.#isAtEnd = isIntersecting; }).observe(this.#end);
  }

  clear() {
    this.#views.clear();
    this.#turns.replaceChildren();
  }

  /** @param {import("./types.js").Message[]} messages */
  update(messages) {
    const running = runningReply(messages) !== null;
    const isNew = messages.some(({ id }) => !this.#views.has(id));
    const gone = new Set(this.#views.keys());
    messages.forEach((message, i) => {
      gone.delete(message.id);
      this.#view(message).update(message, i === messages.length - 1, running);
    });
    for (const id of gone) {
      this.#views.get(id).element.remove();
      this.#views.delete(id);
    }
    if (isNew || (running && this.#isAtEnd)) this.#end.scrollIntoView({ block: "end" });
  }

  #view(message) {
    let view = this.#views.get(message.id);
    if (view === undefined) {
      view = message.role === "user" ? questionView(this.#actions.edit) : new ReplyView(this.#actions);
      this.#views.set(message.id, view);
      this.#turns.append(view.element);
    }
    return view;
  }
}

/** A question, and a way to ask it again in other words. @param {(question: import("./types.js").Message) => void} edit */
function questionView(edit) {
  let message = null;
  const said = h("p", { class: "said" });
  const label = "Edit and ask again";
  const looks = { type: "button", class: "quiet only-icon", "aria-label": label, title: label };
  const button = h("button", { ...looks, onclick: () => edit(message) }, icon("edit"));
  return {
    element: h("article", { class: "question", "aria-label": "Your question" }, button, said),
    update(question, _isLast, running) {
      message = question;
      said.textContent = question.text;
      button.hidden = running;
    },
  };
}
