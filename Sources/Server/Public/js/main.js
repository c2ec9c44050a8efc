import { Api } from "./api.js";
import { Camera } from "./camera.js";
import { find } from "./dom.js";
import { History } from "./history.js";
import { listenForFiles } from "./intake.js";
import { keyPrompt } from "./key.js";
import { Notices } from "./notices.js";
import { OptionsForm } from "./options.js";
import { Samples } from "./samples.js";
import { ModelView, ServerStatus } from "./status.js";
import { Uploads } from "./uploads.js";
import { Workspace } from "./workspace.js";

/** Puts the parts of the page together. Which conversation is open stands behind the `#` of its address. */

const notices = new Notices();
const askForKey = keyPrompt();
const api = new Api(askForKey);
const samples = new Samples((sample) => begin(() => api.post(`/api/samples/${encodeURIComponent(sample.name)}`).then((media) => [media])));
const uploads = new Uploads(askForKey);
const camera = new Camera((file) => begin(() => uploads.send([file], limits)));
const model = new ModelView();
const status = new ServerStatus(api, showStatus);
const past = new History(api, {
  current: () => workspace?.id ?? null,
  open: (id) => { location.hash = id; },
  deleted: (id) => { if (id === workspace?.id) leave(); },
  failed: (error) => notices.failed(error),
});
let workspace = null;
let form = null;
let limits = { maxUploadBytes: Infinity, maxMediaPerConversation: 1 };
let serverNotice = null;
const connection = { server: true, feed: true };

const started = start();

async function start() {
  const choose = listenForFiles((files, isAdding) => begin(() => uploads.send(files, limits), isAdding));
  find("choose").addEventListener("click", () => choose(false));
  find("add").addEventListener("click", () => choose(true));
  find("record").addEventListener("click", () => camera.open());
  find("new").addEventListener("click", leave);
  find("open-past").addEventListener("click", () => past.open());
  for (const id of ["model", "get-real"]) find(id).addEventListener("click", () => find("about").showModal());
  find("skip").addEventListener("click", skip);
  window.addEventListener("hashchange", route);
  status.check();
  try {
    const [options, known] = await Promise.all([api.get("/api/options"), api.get("/api/samples")]);
    samples.update(known.samples);
    form = new OptionsForm(options);
    workspace = new Workspace(api, {
      options: form,
      notices,
      samples,
      gone,
      connected: (feed) => showConnection({ feed }),
      stopping: () => status.check(),
    });
    route();
    status.check();
  } catch (error) {
    notices.show("problem", error.message, { isProblem: true, action: { name: "Try again", run: () => location.reload() } });
  }
}

/** Opens what the address says, or the welcome. */
function route() {
  const id = location.hash.slice(1);
  const isOpen = /^[0-9a-f]{32}$/.test(id);
  find("welcome").hidden = isOpen;
  for (const part of ["workspace", "new", "open-export"]) find(part).hidden = !isOpen;
  document.body.classList.toggle("working", isOpen);
  if (isOpen) {
    workspace.open(id);
    // On a phone the keyboard would cover what was just opened.
    if (!matchMedia("(pointer: coarse)").matches) workspace.focus();
  } else {
    workspace.close();
    document.title = "Glimpse";
    showConnection({ feed: true });
  }
}

/** A conversation about new media, or more media for the one that is open. @param {() => Promise<import("./types.js").Media[]>} bring */
async function begin(bring, isAdding = false) {
  await started;
  if (form === null) return;
  notices.clear("problem");
  try {
    const ids = (await bring()).map(({ id }) => id);
    if (ids.length === 0) return;
    if (isAdding && workspace.id !== null) return await workspace.add(ids);
    location.hash = (await api.post("/api/conversations", { mediaIds: ids, settings: form.settings })).id;
  } catch (error) {
    notices.failed(error);
  }
}

function leave() {
  history.pushState(null, "", location.pathname);
  route();
  find("choose").focus();
}

function gone(why) {
  leave();
  notices.show("problem", why, { canClose: true });
}

function skip(event) {
  event.preventDefault();
  (document.body.classList.contains("working") ? find("question") : find("choose")).focus();
}

/** @param {import("./types.js").Status|null} now */
function showStatus(now) {
  showConnection({ server: now !== null });
  if (now === null) return;
  limits = now.limits;
  model.update(now);
  workspace?.allow(now.model.state === "ready" && !now.isStopping);
  const { state, error } = now.model;
  if (state === "loading") notices.show("model", "The model is loading. You can already choose a video.");
  else if (state === "failed") notices.show("model", error ?? "The model could not be loaded.", { isProblem: true });
  else notices.clear("model");
  if (now.isStopping) notices.show("stopping", "The server is shutting down: running replies finish, new questions are not taken.");
  else notices.clear("stopping");
  if (now.notice !== null && now.notice !== serverNotice) notices.show("server", now.notice, { canClose: true });
  serverNotice = now.notice;
}

/** @param {Partial<typeof connection>} change */
function showConnection(change) {
  if (change.feed === false && connection.feed) status.check();
  Object.assign(connection, change);
  if (!connection.server) notices.show("connection", "The server does not answer. Is it still running? Trying again.", { isProblem: true });
  else if (!connection.feed) notices.show("connection", "The connection was lost. Reconnecting.");
  else notices.clear("connection");
}
