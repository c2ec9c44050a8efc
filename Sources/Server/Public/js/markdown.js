/**
 * Shows a reply's HTML. The one place where HTML is parsed, because the server is the one place where Markdown is rendered: it leaves
 * no raw HTML, no image, and no link but http, https and mailto (`docs/http.md`), and the page's content security policy would run no
 * script and load nothing foreign even if it did.
 *
 * Blocks that have not changed stay as they are, so that a selection or the focus in them outlives the stream.
 *
 * @param {HTMLElement} container
 * @param {string} html from `answerHtml` or `thoughtHtml`
 */
export function showHtml(container, html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  const fresh = [...template.content.children];
  const old = [...container.children];
  fresh.forEach((block, i) => {
    if (i >= old.length) container.append(block);
    else if (!old[i].isEqualNode(block)) old[i].replaceWith(block);
  });
  for (const block of old.slice(fresh.length)) block.remove();
}
