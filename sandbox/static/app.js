// The page of the training ground: puts the parts together and keeps them fresh.
import { $, attempt, call, count, el, when } from "./dom.js";
import { author, follow, isOfficial, now, officialName, refresh, shared } from "./state.js";
import { PLACES } from "./comments.js";
import { buildSections, clearSection, isSection, showSection } from "./sections.js";
import { buildMessages, showMessages } from "./messages.js";
import { buildControl, showSettings } from "./control.js";

const STAFF = 900;
const NEWCOMER = "new";
const query = new URLSearchParams(location.search);

function remember(name, value) {
  try {
    sessionStorage.setItem(name, value);
  } catch { /* a browser may forbid it; the choice then lasts as long as the page */ }
}

function recall(name) {
  try {
    return query.get(name) ?? sessionStorage.getItem(name);
  } catch {
    return query.get(name);
  }
}

function citizens() {
  return Object.values(shared.world.users).filter((user) => user.id !== STAFF);
}

function showCitizens() {
  const select = $("citizen");
  const wanted = citizens().map((user) => `${user.id}`).join();
  if (select.dataset.seen !== wanted) {
    select.dataset.seen = wanted;
    select.replaceChildren(...citizens().map((user) => el("option", { value: user.id }, author(user.id).name)),
      el("option", { value: NEWCOMER }, "Новый житель…"));
  }
  if (!shared.world.users[shared.citizen]) shared.citizen = citizens()[0].id;
  select.value = shared.citizen;
  $("me-avatar").src = `/avatars/${shared.citizen}.svg`;
}

function showPage() {
  const group = shared.world.groups[shared.page];
  $("page-name").replaceChildren(...(isOfficial(-group.id) ? officialName(group.name) : [group.name]));
  $("private-open").hidden = !isOfficial(-group.id);
  $("page-about").textContent = group.description;
  $("page-members").textContent = count(group.members_count, "подписчик", "подписчика", "подписчиков");
  $("page-avatar").src = `/avatars/-${group.id}.svg`;
  document.body.style.setProperty("--page", group.colour);
  $("pages").replaceChildren(...Object.values(shared.world.groups).map((item) => el("button", {
    type: "button", testid: `page-${item.id}`, "aria-pressed": String(item.id === shared.page),
    click: () => {
      shared.page = item.id;
      remember("page", item.id);
      clearSection();
      showPage();
      shared.show(shared.world);
      $("pages").querySelector("[aria-pressed=true]").focus();
    },
  }, item.name.split(" ")[0])));
}

/** Tell a person who cannot see the wall that the administration has answered. */
function announce(world) {
  const written = (group) => Object.values(PLACES).flatMap(([list]) => Object.values(group[list]));
  const answers = Object.values(world.groups).reduce((sum, group) => sum
    + written(group).filter((c) => c.from_id < 0 && !c.deleted).length
    + Object.values(group.conversations).reduce((n, t) => n + t.messages.filter((m) => m.out).length, 0), 0);
  if (shared.ready && answers > shared.answers) $("live").textContent = `Новый официальный ответ, ${when(now(), now())}`;
  shared.answers = answers;
}

shared.show = (world) => {
  showCitizens();
  showSection(world);
  showMessages();
  showSettings();
  announce(world);
};

function buildNewcomer() {
  $("citizen").addEventListener("change", () => {
    if ($("citizen").value === NEWCOMER) {
      $("citizen").value = shared.citizen;
      $("newcomer").showModal();
      return;
    }
    shared.citizen = Number($("citizen").value);
    remember("citizen", shared.citizen);
    shared.show(shared.world);
  });
  $("newcomer-cancel").addEventListener("click", () => $("newcomer").close());
  $("newcomer-form").addEventListener("submit", () => attempt(async () => {
    const user = await call("POST", "citizens", {
      first_name: $("first-name").value, last_name: $("last-name").value,
    });
    $("newcomer-form").reset();
    shared.citizen = user.id;
    remember("citizen", user.id);
    await refresh(true);
  }));
}

async function start() {
  const world = await call("GET", "world");
  shared.world = world;
  shared.page = world.groups[recall("page")] ? Number(recall("page")) : 1;
  shared.citizen = Number(recall("citizen")) || 0;
  shared.section = isSection(recall("section")) ? recall("section") : "wall";
  buildSections((name) => remember("section", name));
  buildMessages();
  buildNewcomer();
  showPage();
  await buildControl();
  await refresh(true);
  shared.ready = true;
  shared.opened = now();
  document.body.dataset.ready = "1";
  setInterval(() => {
    for (const node of document.querySelectorAll("time[data-date]")) node.textContent = when(Number(node.dataset.date), now());
  }, 20000);
  follow();
}

attempt(start);
