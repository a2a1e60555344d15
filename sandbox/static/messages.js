// The drawer with the private conversation of the chosen citizen and page.
import { $, call, el, reconcile } from "./dom.js";
import { author, photosOf, refresh, shared, time, wordsOf } from "./state.js";
import { writingForm } from "./form.js";

const read = {};

function talk() {
  return shared.world.groups[shared.page].conversations[shared.citizen]?.messages ?? [];
}

function messageNode(message) {
  const official = message.out;
  return el("div", {
    class: `bubble ${official ? "theirs" : "mine"}`,
    testid: official ? "private-official" : "private-message", "data-message": message.id,
  },
  official && el("span", { class: "chip" }, "Официальный ответ"),
  el("div"));
}

function fillMessage(node, message) {
  const seen = JSON.stringify(message);
  if (node.dataset.seen === seen) return;
  node.dataset.seen = seen;
  node.lastElementChild.replaceChildren(
    el("p", { class: "words" }, wordsOf(message.text)), ...[photosOf(message.files)].filter(Boolean),
    el("div", { class: "meta" }, time(message.date), ...(message.edited ? [el("span", {}, "изменено")] : [])));
}

export function showMessages() {
  const messages = talk();
  const key = `${shared.page}:${shared.citizen}`;
  const open = !$("private").hidden;
  $("private-title").textContent = author(-shared.page).name;
  $("private-avatar").src = `/avatars/-${shared.page}.svg`;
  const box = $("talk");
  if (box.dataset.whose !== key) {
    box.replaceChildren();
    box.dataset.whose = key;
  }
  const before = box.childElementCount;
  box.querySelector(".empty")?.remove();
  reconcile(box, messages, messageNode, fillMessage);
  if (!messages.length) {
    box.append(el("p", { class: "quiet empty" }, "Здесь появится переписка. Личное сообщение увидят только сотрудники, которые ведут страницу."));
  }
  if (open && box.childElementCount !== before) box.scrollTop = box.scrollHeight;
  const answers = messages.filter((m) => m.out);
  const last = answers.at(-1)?.id ?? 0;
  if (open || !(key in read)) read[key] = last;
  const unread = answers.filter((m) => m.id > read[key]).length;
  $("private-badge").hidden = !unread;
  $("private-badge").textContent = unread || "";
}

function toggle(open) {
  const panel = $("private");
  panel.hidden = !open;
  $("private-open").setAttribute("aria-expanded", String(open));
  document.body.classList.toggle("talking", open);
  if (open) {
    showMessages();
    $("talk").scrollTop = $("talk").scrollHeight;
    $("private-form").querySelector("textarea").focus();
  } else $("private-open").focus();
}

export function buildMessages() {
  $("private-form").replaceChildren(writingForm({
    label: "Личное сообщение", placeholder: "Напишите сообщение", button: "Отправить",
    ids: { form: "private-form", text: "private-text", send: "private-send" },
    send: async ({ text, photos }) => {
      await call("POST", "messages", { group_id: shared.page, author_id: shared.citizen, text, photos });
      await refresh();
      return true;
    },
  }));
  $("private-open").addEventListener("click", () => toggle($("private").hidden));
  $("private-close").addEventListener("click", () => toggle(false));
  $("private").addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggle(false);
  });
}
