/**
 * Copies text. Browsers give `navigator.clipboard` only to pages on this machine or behind HTTPS; elsewhere a selection is copied.
 *
 * @param {string} text
 * @param {HTMLElement} near where the focus goes back to
 */
export async function copy(text, near) {
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const box = document.createElement("textarea");
  box.value = text;
  box.className = "hidden-visually";
  near.after(box);
  box.select();
  document.execCommand("copy");
  box.remove();
  near.focus();
}
