import { find } from "./dom.js";

/**
 * All ways in which a file comes: chosen, dropped anywhere, pasted. Under a dialog nothing is taken.
 *
 * @param {(files: File[], isAdding: boolean) => void} take `isAdding`: for the conversation that is open, not for a new one
 * @returns {(isAdding: boolean) => void} lets somebody choose
 */
export function listenForFiles(take) {
  document.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    if (files.length === 0 || isInDialog()) return;
    event.preventDefault();
    take(files, false);
  });

  document.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    document.body.classList.toggle("dropping", !isInDialog());
  });
  document.addEventListener("dragleave", (event) => {
    if (event.relatedTarget === null) document.body.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    document.body.classList.remove("dropping");
    if (!hasFiles(event)) return;
    event.preventDefault(); // Else the browser would leave the page and open the file.
    const files = [...event.dataTransfer.files];
    if (files.length > 0 && !isInDialog()) take(files, false);
  });

  return listenForChoice(take);
}

function listenForChoice(take) {
  const input = find("file");
  let isAdding = false;
  input.addEventListener("change", () => {
    const files = [...input.files];
    input.value = "";
    if (files.length > 0) take(files, isAdding);
    isAdding = false;
  });
  input.addEventListener("cancel", () => { isAdding = false; });
  return (adding) => {
    isAdding = adding;
    input.click();
  };
}

const hasFiles = (event) => event.dataTransfer?.types.includes("Files") ?? false;

const isInDialog = () => document.querySelector("dialog[open]") !== null;
