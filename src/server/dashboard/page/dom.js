/** Makes elements. Text is always set as text: nothing from a request can become markup. */

/** An element with properties (`class`, `data-…`, `aria-…` and the like as attributes) and children. */
export function el(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== ""));
  return element;
}

/**
 * Shows items in a list. An element whose item is unchanged stays, so that what is open or has the keyboard stays too; one that
 * is drawn again takes both over: open `details`, and what has the same `data-focus`.
 */
export function showList(list, items, render) {
  const known = [...list.children];
  items.forEach((item, i) => {
    const drawn = JSON.stringify(item);
    const old = known[i];
    if (old?.drawn === drawn) return;
    const fresh = render(item);
    fresh.drawn = drawn;
    if (old === undefined) return list.append(fresh);
    const had = old.contains(document.activeElement) ? document.activeElement.dataset.focus : undefined;
    for (const { dataset } of old.querySelectorAll("details[open][data-open]")) {
      const again = fresh.querySelector(`details[data-open="${CSS.escape(dataset.open)}"]`);
      if (again !== null) again.open = true;
    }
    old.replaceWith(fresh);
    if (had !== undefined) {
      (fresh.querySelector(`[data-focus="${CSS.escape(had)}"]`) ?? fresh.querySelector("button"))?.focus();
    }
  });
  for (const extra of known.slice(items.length)) extra.remove();
}

/** The element with an id that the page has. */
export const byId = (id) => document.getElementById(id);

/** Replaces an element's text only where it differs, so as not to disturb screen readers and selections. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** A long name that may break after its punctuation only. */
export function breakable(name) {
  return name.split(/(?<=[-_/,.:])/).flatMap((part, i) =>
    i === 0 ? [part] : [document.createElement("wbr"), part]
  );
}
