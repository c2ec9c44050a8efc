import { find } from "./dom.js";

/**
 * Asks for the API key until the server takes one. The key becomes a cookie that scripts cannot read; the page forgets it.
 *
 * @returns {() => Promise<void>} asks once, however many wait for it
 */
export function keyPrompt() {
  let asked = null;
  return () => {
    asked ??= ask().finally(() => { asked = null; });
    show();
    return asked;
  };
}

/** Shows the dialog, above one that was opened after it. */
function show() {
  const dialog = find("key");
  if (dialog.matches(":focus-within")) return;
  dialog.close();
  dialog.showModal();
}

function ask() {
  const [dialog, input, problem] = [find("key"), find("key-input"), find("key-problem")];
  problem.hidden = true;
  dialog.addEventListener("cancel", preventDefault);
  return new Promise((resolve) => {
    find("key-form").onsubmit = async (event) => {
      event.preventDefault();
      const refusal = await offer(input.value);
      problem.hidden = refusal === null;
      if (refusal !== null) {
        problem.textContent = refusal;
        input.select();
        return;
      }
      input.value = "";
      dialog.removeEventListener("cancel", preventDefault);
      dialog.close();
      resolve();
    };
  });
}

/** @param {string} key @returns {Promise<string|null>} why it was refused */
async function offer(key) {
  const body = JSON.stringify({ key });
  try {
    const response = await fetch("/api/session", { method: "POST", headers: { "content-type": "application/json" }, body });
    if (response.ok) return null;
    if (response.status === 401) return "That is not the key.";
    return (await response.json()).error.message;
  } catch {
    return "The server does not answer. Try again in a moment.";
  }
}

const preventDefault = (event) => event.preventDefault();
