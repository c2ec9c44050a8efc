import { byFrame } from "./boxes.js";
import { showCaption } from "./caption.js";
import { justEnded, runningReply } from "./changes.js";
import { Composer } from "./composer.js";
import { ConversationView } from "./conversation.js";
import { find, whenQuiet } from "./dom.js";
import { Examples } from "./examples.js";
import { ExportMenu } from "./exports.js";
import { Feed } from "./feed.js";
import { Filmstrip } from "./filmstrip.js";
import { narrate } from "./narrator.js";
import { announce } from "./notices.js";
import { seesTheSame } from "./options.js";
import { Player } from "./player.js";
import { PreparationView } from "./preparation.js";

/** The conversation that is open: its video on one side, its questions and replies on the other. */
export class Workspace {
  #api;
  #page;
  #feed = null;
  #conversation = null;
  #unsaved = null;
  #exports = null;
  #canAsk = false;
  #strip = new Filmstrip(find("strip"), (frame) => this.#show(frame.mediaId, frame.time));
  #player = new Player(find("stage"), (mediaId, seconds) => this.#moved(mediaId, seconds));
  #preparation = new PreparationView(find("preparation"), () => this.#prepare());
  #composer = new Composer({ ask: (text, replaces) => this.#ask(text, replaces), stop: () => this.#stop() });
  #examples = new Examples((question) => this.#composer.ask(question));
  #talk = new ConversationView({
    edit: (question) => this.#composer.edit(question),
    seek: (seconds) => this.#player.seek(seconds),
    show: (mediaId, seconds) => this.#show(mediaId, seconds),
    media: (id) => this.media.find((media) => media.id === id),
    regenerate: (reply) => this.#regenerate(reply),
    copied: () => announce("Copied"),
  });

  /**
   * @param {import("./api.js").Api} api
   * @param {{options: import("./options.js").OptionsForm, notices: import("./notices.js").Notices, samples: import("./samples.js").Samples,
   *   connected: (isConnected: boolean) => void, gone: (why: string) => void, stopping: () => void}} page
   */
  constructor(api, page) {
    this.#api = api;
    this.#page = page;
    page.options.changed = whenQuiet(400, () => this.#save());
    document.addEventListener("visibilitychange", () => this.#rest());
  }

  get id() { return this.#feed?.id ?? null; }

  get media() { return this.#conversation?.media ?? []; }

  get #path() { return `/api/conversations/${this.id}`; }

  /** @param {string} id */
  open(id) {
    this.close();
    this.#exports = new ExportMenu(id);
    this.#feed = new Feed(id, {
      changed: (conversation) => this.#update(conversation),
      connected: () => this.#page.connected(true),
      lost: (isFinal) => this.#lost(isFinal),
      deleted: () => this.#page.gone("This conversation was deleted."),
      stopping: () => this.#page.stopping(),
    });
    this.#feed.open();
  }

  close() {
    this.#feed?.close();
    this.#feed = this.#conversation = this.#unsaved = null;
    this.#player.clear();
    this.#strip.update([]);
    this.#talk.clear();
    this.#composer.clear();
  }

  /** Whether the model can take a question now. @param {boolean} canAsk */
  allow(canAsk) {
    this.#canAsk = canAsk;
    if (this.#conversation !== null) this.#showComposer();
  }

  /** Adds videos or pictures to this conversation. @param {string[]} ids */
  async add(ids) {
    await this.#try(() => this.#api.patch(this.#path, { mediaIds: [...this.media.map(({ id }) => id), ...ids] }));
  }

  focus() { this.#composer.focus(); }

  /** @param {import("./types.js").Conversation} conversation */
  #update(conversation) {
    const before = this.#conversation;
    this.#conversation = conversation;
    if (before === null) this.#opened(conversation);
    const { media, messages, preparation } = conversation;
    if (media.length > 0 && isLeft(preparation, before?.preparation)) this.#prepare();
    if (media.length > 0 && !media.some(({ id }) => id === this.#player.mediaId)) this.#player.show(media[0]);
    this.#strip.update(preparation.frames);
    this.#player.update(preparation.frames);
    this.#preparation.update(preparation);
    this.#talk.update(messages);
    this.#exports.update(messages);
    this.#player.mark(byFrame(messages.findLast(({ boxes }) => boxes?.length > 0)?.boxes ?? []));
    this.#showCaption();
    this.#examples.update(messages.length > 0 ? [] : this.#page.samples.questions(media));
    this.#showComposer();
    this.#follow(before ?? { messages, preparation: { state: "none" } }, conversation);
    const running = runningReply(messages) !== null;
    this.#page.options.hold(running);
    if (!running && this.#unsaved !== null) this.#save();
  }

  #opened({ settings, messages }) {
    if (messages.length > 0) this.#page.options.open(settings);
    else if (!seesTheSame(settings, this.#page.options.settings)) this.#save();
  }

  /** Says what has changed, and shows boxes that have just come. */
  #follow(before, now) {
    narrate(before, now);
    const boxes = justEnded(before.messages, now.messages).flatMap((reply) => byFrame(reply.boxes));
    if (boxes.length > 0) this.#show(boxes[0].mediaId, boxes[0].frameTime);
  }

  #moved(mediaId, seconds) {
    this.#strip.point(mediaId, seconds);
    if (this.#conversation !== null) this.#showCaption();
  }

  #showCaption() {
    const shown = this.media.find(({ id }) => id === this.#player.mediaId);
    showCaption(shown, this.media, this.#player.isStill);
    document.title = `${this.#conversation.title || shown?.name || "Conversation"} · Glimpse`;
  }

  #showComposer() {
    const isRunning = runningReply(this.#conversation.messages) !== null;
    this.#composer.update({ canSend: this.#canAsk && this.#conversation.preparation.state !== "failed", isRunning });
  }

  #show(mediaId, seconds) {
    const media = this.media.find(({ id }) => id === mediaId);
    if (media === undefined) return;
    this.#player.show(media);
    this.#player.seek(seconds);
    this.#showCaption();
  }

  async #ask(text, replaces) {
    const question = { text, settings: this.#page.options.settings };
    return this.#try(() => this.#api.post(`${this.#path}/messages`, replaces === null ? question : { ...question, replaces }));
  }

  #regenerate(reply) {
    const { settings } = this.#page.options;
    return this.#try(() => this.#api.post(`${this.#path}/messages/${reply.id}/regenerate`, { settings }));
  }

  async #stop() {
    const reply = runningReply(this.#conversation.messages);
    if (reply !== null) await this.#try(() => this.#api.post(`${this.#path}/messages/${reply.id}/stop`));
  }

  #prepare() {
    return this.#try(() => this.#api.post(`${this.#path}/preparation`));
  }

  /** Tells the server of changed options; under a running reply, once that has ended. */
  async #save() {
    if (this.#conversation === null) return;
    this.#unsaved = this.#page.options.settings;
    if (runningReply(this.#conversation.messages) !== null) return;
    const settings = this.#unsaved;
    this.#unsaved = null;
    await this.#try(() => this.#api.patch(this.#path, { settings }));
  }

  /** A tab that nobody sees lets its line go, unless it waits for something: browsers have six for all tabs together. */
  #rest() {
    if (this.#feed === null || this.#conversation === null) return;
    const { messages, preparation } = this.#conversation;
    const isWaiting = runningReply(messages) !== null || preparation.state === "waiting" || preparation.state === "preparing";
    if (document.hidden && !isWaiting) this.#feed.close();
    else if (!document.hidden && !this.#feed.isOpen) this.#feed.open();
  }

  /** The line was lost. The browser tries again by itself, unless the server refused. */
  async #lost(isFinal) {
    this.#page.connected(false);
    if (!isFinal) return;
    const feed = this.#feed;
    await new Promise((resolve) => setTimeout(resolve, 1500));
    try {
      await this.#api.get(this.#path);
    } catch (error) {
      if (feed !== this.#feed) return;
      if (error.status === 404) return this.#page.gone("This conversation is no longer there.");
    }
    if (feed === this.#feed) feed.open();
  }

  async #try(action) {
    try {
      await action();
      this.#page.notices.clear("problem");
      return true;
    } catch (error) {
      this.#page.notices.failed(error);
      return false;
    }
  }
}

/** Whether nothing is prepared and nobody is at it: an old conversation was opened, or the server was started anew. */
function isLeft(now, before) {
  return before === undefined ? now.state === "none" || now.state === "sampled" : now.state === "none" && before.state !== "none";
}
