import { find, h } from "./dom.js";
import { count } from "./format.js";

/** Which model is loaded: asked for each second until it is ready, and now and then afterwards. */
export class ServerStatus {
  #api;
  #changed;
  #timer = 0;

  /** @param {import("./api.js").Api} api @param {(status: import("./types.js").Status|null) => void} changed `null`: the server is gone */
  constructor(api, changed) {
    this.#api = api;
    this.#changed = changed;
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.check(); });
  }

  /** Asks now. */
  async check() {
    clearTimeout(this.#timer);
    let wait = 15_000;
    try {
      const status = await this.#api.get("/api/status");
      if (status.model.state === "loading" || status.isStopping) wait = 1_000;
      this.#changed(status);
    } catch (error) {
      if (error.status === 0) this.#changed(null);
      wait = 2_000;
    }
    clearTimeout(this.#timer);
    if (!document.hidden) this.#timer = setTimeout(() => this.check(), wait);
  }
}

/** The name of the model in the bar, and what there is to know about it. */
export class ModelView {
  #button = find("model");
  #name = find("model-name");
  #body = find("about-body");

  /** @param {import("./types.js").Status} status */
  update({ model, version }) {
    this.#button.dataset.state = model.state;
    this.#name.textContent = { loading: "Loading the model", failed: "No model", ready: model.name }[model.state];
    find("demonstration").hidden = model.state !== "ready" || !model.isDemonstration;
    find("demonstration-about").textContent = model.about;
    const facts = [["Model", model.name || "none"], ["Glimpse", version]];
    if (model.contextLength !== null) facts.push(["Context", `${count(model.contextLength)} tokens`]);
    if (model.inputLimit !== null) facts.push(["A question with its frames", `up to ${count(model.inputLimit)} tokens`]);
    this.#body.replaceChildren(
      h("p", {}, about(model)),
      h("dl", {}, ...facts.flatMap(([term, text]) => [h("dt", {}, term), h("dd", { class: "number" }, text)])),
      ...(model.isDemonstration || model.state === "failed"
        ? [h("h3", {}, "For real videos"), h("p", { class: "lines" }, model.howToGet9B)]
        : []),
    );
  }
}

function about({ state, error, about }) {
  if (state === "loading") return "The model is being loaded.";
  return state === "failed" ? error ?? "The model could not be loaded." : about;
}
