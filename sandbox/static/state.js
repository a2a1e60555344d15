// What every part of the page knows: the world, the chosen page and citizen.
import { call, el, toast, when } from "./dom.js";

export const shared = {
  world: null, page: 1, section: "wall", citizen: 0, ready: false, opened: 0,
  /** Set by app.js: shows the world again. */
  show: () => {},
};

/** Time of the training ground, UTC seconds. */
export function now() {
  return Math.floor(Date.now() / 1000) + (shared.clock ?? 0);
}

export function author(ownerId) {
  if (ownerId < 0) return { name: shared.world.groups[-ownerId]?.name ?? "Сообщество" };
  const user = shared.world.users[ownerId];
  return { name: user ? `${user.first_name} ${user.last_name}`.trim() : "Житель" };
}

/** The name of a page; its tick never stands alone on a line. */
export function officialName(name) {
  const words = name.split(" ");
  const last = words.pop();
  return [words.length ? `${words.join(" ")} ` : "", el("span", { class: "kept" }, last,
    el("span", { class: "tick", title: "Официальная страница", role: "img", "aria-label": "Официальная страница" }, "✓"))];
}

export function nameLine(ownerId) {
  const { name } = author(ownerId);
  return ownerId < 0
    ? el("span", { class: "name official-name" }, isOfficial(ownerId) ? officialName(name) : name)
    : el("span", { class: "name" }, name);
}

export function isOfficial(ownerId) {
  return ownerId < 0 && shared.world.groups[-ownerId]?.official !== false;
}

/** Words of a person; a mention as VK stores it, `[club1|…]`, shows its name only. */
export function wordsOf(text) {
  const parts = text.split(/\[((?:id|club|public)\d+)(?::[^|\]]*)?\|([^\]]+)\]/);
  return parts.flatMap((part, index) => {
    if (index % 3 === 0) return part ? [part] : [];
    return index % 3 === 2 ? [el("span", { class: "mention", title: parts[index - 1] }, part)] : [];
  });
}

export function time(seconds) {
  const node = el("time", { datetime: new Date(seconds * 1000).toISOString() });
  node.dataset.date = seconds;
  node.textContent = when(seconds, now());
  return node;
}

export function fileUrl(file) {
  const extension = { "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif" }[file.mime] ?? "bin";
  return `/files/${file.id}/${file.key}.${extension}`;
}

export function photosOf(files) {
  if (!files.length) return null;
  return el("div", { class: `photos n${Math.min(files.length, 3)}` }, files.map((id) => {
    const file = shared.world.files[id];
    const url = fileUrl(file);
    if (!file.mime.startsWith("image/")) {
      return el("a", { class: "file", href: url, target: "_blank", rel: "noopener" }, file.title || "Документ");
    }
    return el("a", { href: url, target: "_blank", rel: "noopener", testid: "photo" },
      el("img", { src: url, alt: file.title || "Фотография", loading: "lazy", width: file.width || 640, height: file.height || 400 }));
  }));
}

/** Fetch the world and show it; `again` shows it also when nothing is new. */
export async function refresh(again = false) {
  const world = await call("GET", "world");
  if (!again && shared.world && world.version < shared.world.version) return;
  shared.world = world;
  shared.clock = world.now - Math.floor(Date.now() / 1000);
  shared.show(world);
}

/** Show what is new as long as the page is open. */
export async function follow() {
  let quiet = false;
  for (;;) {
    await new Promise((resolve) => setTimeout(resolve, document.hidden ? 4000 : 1000));
    try {
      const { version } = await call("GET", "version");
      if (version !== shared.world.version) await refresh(version < shared.world.version);
      if (quiet) toast("Связь восстановлена");
      quiet = false;
    } catch {
      if (!quiet) toast("Площадка не отвечает, пробуем снова");
      quiet = true;
    }
  }
}
