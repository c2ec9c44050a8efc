import { h } from "./dom.js";

let made = 0;

/**
 * Tabs over panels of which one is shown. The arrow keys go from tab to tab.
 *
 * @param {string} label what the tabs choose
 * @param {{name: string, panel: HTMLElement}[]} views the first is shown at first
 * @param {() => void} changed
 */
export function tabs(label, views, changed) {
  const list = h("div", { role: "tablist", "aria-label": label });
  const result = { list, panels: views.map(({ panel }) => panel), selected: views[0].name };
  const buttons = views.map(({ name, panel }) => {
    panel.id = `panel-${++made}`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-label", name);
    return h("button", { type: "button", class: "quiet", role: "tab", "aria-controls": panel.id, onclick: () => select(name) }, name);
  });
  list.append(...buttons);

  function select(name) {
    result.selected = name;
    views.forEach((view, i) => {
      const isSelected = view.name === name;
      view.panel.hidden = !isSelected;
      buttons[i].setAttribute("aria-selected", String(isSelected));
      buttons[i].tabIndex = isSelected ? 0 : -1;
    });
    changed();
  }

  list.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step === undefined) return;
    const next = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    select(views[next].name);
    buttons[next].focus();
  });
  views.forEach(({ panel }, i) => {
    panel.hidden = i > 0;
    buttons[i].setAttribute("aria-selected", String(i === 0));
    buttons[i].tabIndex = i === 0 ? 0 : -1;
  });
  return result;
}
