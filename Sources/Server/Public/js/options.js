import { find, h } from "./dom.js";
import { FRAME_SETTINGS, fitted, keep, kept } from "./settings.js";

/** The form of advanced options, made from what the server says may be set. */
export class OptionsForm {
  #form = find("options");
  #defaults;
  #fields = new Map();
  #frames = h("fieldset", {}, h("legend", {}, "What the model sees"));

  /** Told when a setting was changed. */
  changed = () => {};

  /** @param {any} options the answer of `GET /api/options` */
  constructor(options) {
    this.#defaults = options.defaults;
    this.settings = kept(options);
    const reply = h("fieldset", {}, h("legend", {}, "How it answers"));
    for (const slider of options.sliders) reply.append(this.#slider(slider));
    reply.append(
      h(
        "div",
        { class: "pair" },
        this.#number("maxThinkingTokens", "Thinking budget, tokens", { ...options.maxThinkingTokens, step: 1 }, "no limit"),
        this.#number("seed", "Seed", { ...options.seed, step: 1 }, "another each time"),
      ),
    );
    this.#frames.append(
      h("div", { class: "pair" },
        this.#number("frames", "Frames", { ...options.frames, step: 1 }, "as the layout likes"),
        this.#number("fps", "or frames a second", options.fps, "evenly spaced")),
      h("div", { class: "pair" },
        this.#layout(options.layouts),
        this.#number("maxPixels", "Pixels a frame, at most", { ...options.maxPixels, step: 1 }, "as many as fit")),
      this.#system(),
    );
    const reset = h("button", { type: "button", class: "quiet", onclick: () => this.#set({ ...this.#defaults }) }, "Reset to defaults");
    const foot = h("div", { class: "foot" }, h("p", { class: "small soft" }, "Kept in this browser."), reset);
    this.#form.replaceChildren(reply, this.#frames, foot);
    this.#form.addEventListener("submit", (event) => event.preventDefault());
    this.#show();
  }

  /** Shows the settings of a conversation that was opened. @param {import("./types.js").Settings} settings */
  open(settings) {
    this.settings = { ...this.#defaults, ...settings };
    this.#show();
  }

  /** Frames cannot change under a reply that looks at them. @param {boolean} isRunning */
  hold(isRunning) {
    this.#frames.disabled = isRunning;
  }

  #set(change) {
    this.settings = { ...this.settings, ...change };
    this.#show();
    keep(this.settings, this.#defaults);
    this.changed();
  }

  #show() {
    for (const [name, show] of this.#fields) show(this.settings[name]);
  }

  /** One of the original's sliders, with a box to type the number. */
  #slider({ key, label, min, max, step }) {
    const range = h("input", { type: "range", min, max, step, "aria-label": label, oninput: () => { box.value = range.value; } });
    const box = h("input", { type: "number", min, max, step, id: `option-${key}`, inputMode: "decimal" });
    range.addEventListener("change", () => this.#set({ [key]: Number(range.value) }));
    box.addEventListener("change", () => this.#set({ [key]: fitted(box.value, { min, max, step }) ?? this.#defaults[key] }));
    this.#fields.set(key, (value) => { range.value = box.value = String(value); });
    return h("div", { class: "field slider" }, h("label", { htmlFor: box.id }, label), range, box);
  }

  /** A number that may be left out. Of `frames` and `fps` only one is set. */
  #number(key, label, range, placeholder) {
    const box = h("input", { type: "number", min: range.min, max: range.max, step: range.step ?? "any", id: `option-${key}`, placeholder });
    box.addEventListener("change", () => {
      const value = fitted(box.value, range);
      const other = { frames: "fps", fps: "frames" }[key];
      this.#set({ [key]: value, ...(value !== null && other !== undefined ? { [other]: null } : {}) });
    });
    this.#fields.set(key, (value) => { box.value = value === null ? "" : String(value); });
    return h("div", { class: "field" }, h("label", { htmlFor: box.id }, label), box);
  }

  #layout(layouts) {
    const select = h("select", { id: "option-layout", "aria-describedby": "option-layout-help" });
    const help = h("p", { class: "small soft", id: "option-layout-help" });
    select.append(...layouts.map(({ value, label }) => h("option", { value }, label)));
    select.addEventListener("change", () => this.#set({ layout: select.value }));
    this.#fields.set("layout", (value) => {
      select.value = value;
      help.textContent = layouts.find((layout) => layout.value === value)?.help ?? "";
    });
    return h("div", { class: "field" }, h("label", { htmlFor: select.id }, "Layout of the prompt"), select, help);
  }

  #system() {
    const box = h("textarea", { id: "option-system", rows: 3 });
    box.addEventListener("change", () => this.#set({ system: box.value }));
    this.#fields.set("system", (value) => { box.value = value; });
    return h("div", { class: "field" }, h("label", { htmlFor: box.id }, "System prompt"), box);
  }
}

/** Whether two settings have the model look at the same frames in the same way. */
export function seesTheSame(a, b) {
  return FRAME_SETTINGS.every((name) => a[name] === b[name]);
}
