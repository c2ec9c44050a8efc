import { find, h } from "./dom.js";

/** The sample videos, to be tried with one click. */
export class Samples {
  #section = find("samples");
  #list = find("sample-list");
  #samples = [];

  /** @param {(sample: import("./types.js").Sample) => void} choose */
  constructor(choose) {
    this.choose = choose;
  }

  /** @param {import("./types.js").Sample[]} samples */
  update(samples) {
    this.#samples = samples;
    this.#section.hidden = samples.length === 0;
    this.#list.replaceChildren(
      ...samples.map((sample) =>
        h(
          "li",
          {},
          h(
            "button",
            { type: "button", onclick: () => this.choose(sample) },
            h("video", { src: `${sample.url}#t=0.5`, muted: true, preload: "metadata", tabIndex: -1, "aria-hidden": "true" }),
            h("span", { class: "name" }, sample.title),
          ),
        ),
      ),
    );
  }

  /** Questions that suit what is shown. @param {import("./types.js").Media[]} media @returns {string[]} */
  questions(media) {
    const own = this.#samples.find(({ name }) => media.length === 1 && name === media[0].name)?.questions ?? [];
    return own.length > 0 ? own : general(media);
  }
}

/** Questions that suit anything. @param {import("./types.js").Media[]} media */
function general(media) {
  if (media.length > 1) return ["Compare them.", "What happens in each?"];
  if (media[0]?.kind === "picture") return ["What is in this picture?", "Describe it in one sentence.", "What text can be read?"];
  return ["What happens?", "Describe it step by step, with times.", "What is there first, and what last?"];
}
