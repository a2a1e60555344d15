// Building the page. Words of people only ever become text nodes.

/** Make an element: attributes, listeners (functions) and children. */
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") node.addEventListener(name, value);
    else if (name === "class") node.className = value;
    else if (name === "testid") node.dataset.testid = value;
    else if (name in node && typeof value === "boolean") node[name] = value;
    else node.setAttribute(name, value);
  }
  node.append(...children.flat().filter((c) => c !== null && c !== undefined && c !== false));
  return node;
}

export const $ = (id) => document.getElementById(id);

/** Bring the children of `box` in line with `items`, keeping nodes that did not change. */
export function reconcile(box, items, render, update) {
  const known = new Map([...box.children].map((node) => [node.dataset.key, node]));
  let place = box.firstElementChild;
  for (const item of items) {
    const key = String(item.id);
    let node = known.get(key);
    known.delete(key);
    if (!node) {
      node = render(item);
      node.dataset.key = key;
    }
    update?.(node, item);
    // Moving a node would take the focus out of it, so only what stands wrong moves.
    if (node !== place) box.insertBefore(node, place);
    else place = place.nextElementSibling;
  }
  for (const node of known.values()) node.remove();
}

const plural = new Intl.PluralRules("ru");
export function count(number, one, few, many) {
  const form = { one, few }[plural.select(number)] ?? many;
  return `${number.toLocaleString("ru")} ${form}`;
}

/** «5 минут назад», «сегодня, 16:30», «вчера, 10:20», «7 марта, 16:30». */
export function when(seconds, now) {
  const age = now - seconds;
  if (age < 60) return "только что";
  if (age < 3600) return count(Math.floor(age / 60), "минуту", "минуты", "минут") + " назад";
  const date = new Date(seconds * 1000);
  const today = new Date(now * 1000);
  const days = Math.round(
    (new Date(today).setHours(0, 0, 0, 0) - new Date(date).setHours(0, 0, 0, 0)) / 86400000,
  );
  const clock = date.toLocaleTimeString("ru", { hour: "2-digit", minute: "2-digit" });
  if (days === 0) return `сегодня, ${clock}`;
  if (days === 1) return `вчера, ${clock}`;
  return `${date.toLocaleDateString("ru", { day: "numeric", month: "long" })}, ${clock}`;
}

let toastTimer;
export function toast(text) {
  const node = $("toast");
  node.textContent = text;
  node.classList.add("shown");
  clearTimeout(toastTimer);
  toastTimer = setTimeout(() => node.classList.remove("shown"), 5000);
}

/** Call the control interface; a refusal becomes an Error with its words. */
export async function call(method, path, body) {
  const request = { method, headers: {} };
  if (method !== "GET") {
    request.headers["Content-Type"] = "application/json";
    request.body = JSON.stringify(body ?? {});
  }
  const response = await fetch(`/sandbox/${path}`, request);
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.error);
  return answer;
}

/** Run an action of a person; what goes wrong is told in words. */
export async function attempt(action) {
  try {
    return await action();
  } catch (error) {
    toast(error.message === "Failed to fetch" ? "Площадка не отвечает" : error.message);
    return null;
  }
}
