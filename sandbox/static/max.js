// MAX: the channel of a page with comments of its posts, and the dialogue with its bot.
import { $, attempt, call, count, el, reconcile, when } from "./dom.js";
import { author, follow, now, officialName, photosOf, refresh, shared, time } from "./state.js";
import { writingForm } from "./form.js";

const STAFF = 900;
const TEXT_LIMIT = 4000;
const query = new URLSearchParams(location.search);
const editing = new Set();
const read = {};

const official = (message) => message.author === null || message.author < 0;
const writer = (message) => message.author ?? -message.group;
const seconds = (message) => Math.floor(message.at / 1000);
const form = (options) => {
  const node = writingForm(options);
  node.querySelector("textarea").maxLength = TEXT_LIMIT;
  return node;
};

function messages(kind) {
  return Object.values(shared.world.max.messages)
    .filter((m) => m.kind === kind && m.group === shared.page && !m.deleted)
    .sort((a, b) => a.at - b.at || (a.mid < b.mid ? -1 : 1))
    .map((m) => ({ ...m, id: m.mid }));
}

function nameLine(message) {
  const { name } = author(writer(message));
  return official(message)
    ? el("span", { class: "name official-name" }, officialName(name))
    : el("span", { class: "name" }, name);
}

const link = (testid, words, click) => el("button", { type: "button", class: "link", testid, click }, words);

function openReply(slot, post, comment) {
  const close = () => slot.replaceChildren();
  const words = `Ответить: ${author(writer(comment)).name}`;
  const node = form({
    label: words, placeholder: words, button: "Ответить", photos: false, cancel: close,
    ids: { form: `reply-form-${comment.mid}`, text: "reply-text", send: "send-reply" },
    send: async ({ text }) => {
      await call("POST", "max/comments", { post: post.mid, author_id: shared.citizen, text, reply_to: comment.mid });
      close();
      await refresh();
      return true;
    },
  });
  slot.replaceChildren(node);
  node.focusText();
}

function openEdit(body, comment) {
  editing.add(comment.mid);
  const close = () => {
    editing.delete(comment.mid);
    body.dataset.seen = "";
    refresh(true);
  };
  const node = form({
    label: "Изменить комментарий", text: comment.text, photos: false, cancel: close, button: "Сохранить",
    ids: { form: `edit-form-${comment.mid}`, text: "edit-text", send: "save-edit" },
    send: async ({ text }) => {
      await call("PATCH", `max/messages/${comment.mid}`, { text });
      close();
      return true;
    },
  });
  body.querySelector(".words").replaceWith(node);
  body.querySelector(".meta").remove();
  node.focusText();
}

function remove(comment) {
  attempt(async () => {
    await call("DELETE", `max/messages/${comment.mid}`);
    await refresh();
  });
}

function quote(comment) {
  const answered = shared.world.max.messages[comment.link];
  if (!answered) return null;
  const words = answered.deleted ? "Комментарий удалён" : answered.text;
  return el("p", { class: "quoted", testid: "quoted" }, `${author(writer(answered)).name}: ${words.slice(0, 120)}`);
}

function fillBody(node, slot, post, comment) {
  const seen = JSON.stringify([comment, shared.citizen]);
  if (node.dataset.seen === seen || editing.has(comment.mid)) return;
  const own = comment.author === shared.citizen;
  node.dataset.seen = seen;
  node.className = `comment-body${official(comment) ? " official" : ""}`;
  node.replaceChildren(
    el("img", { class: "face", src: `/avatars/${writer(comment)}.svg`, alt: "", width: 36, height: 36 }),
    el("div", { class: "says" },
      el("div", { class: "who" }, nameLine(comment),
        official(comment) && el("span", { class: "chip" }, "Официальный ответ")),
      quote(comment),
      el("p", { class: "words", testid: "comment-body" }, comment.text),
      el("div", { class: "meta" }, time(seconds(comment)),
        comment.edited && el("span", {}, "изменён"),
        link("reply-button", "Ответить", () => openReply(slot, post, comment)),
        own && link("edit-comment", "Изменить", () => openEdit(node, comment)),
        own && link("delete-comment", "Удалить", () => remove(comment)))));
}

function commentNode(post) {
  return (comment) => {
    const body = el("div");
    const slot = el("div", { class: "slot" });
    const fresh = shared.ready && seconds(comment) > shared.opened;
    const node = el("article", {
      class: `comment${fresh ? " fresh" : ""}`, testid: official(comment) ? "official-reply" : "comment",
      "data-comment": comment.mid, "data-author": writer(comment),
      "aria-label": `Комментарий: ${author(writer(comment)).name}`,
    }, body, slot);
    node.parts = { body, slot, post };
    return node;
  };
}

function postNode(post) {
  const comments = el("div", { class: "comments", testid: `comments-${post.mid}` });
  const total = el("span", { class: "count" });
  const node = el("article", {
    class: "card post", testid: "post", "data-post": post.mid, "aria-label": `Запись: ${post.text.slice(0, 60)}`,
  },
  el("header", { class: "post-head" },
    el("img", { class: "face", src: `/avatars/-${post.group}.svg`, alt: "", width: 44, height: 44 }),
    el("div", {}, nameLine(post), el("div", { class: "meta" }, time(seconds(post))))),
  el("p", { class: "words", testid: "post-text-body" }, post.text), photosOf(post.files),
  el("div", { class: "counts", "aria-hidden": "true" }, total), comments,
  form({
    label: "Комментарий к записи", placeholder: "Написать комментарий", button: "Отправить", photos: false,
    ids: { form: `comment-form-${post.mid}`, text: "comment-text", send: "send-comment" },
    send: async ({ text }) => {
      await call("POST", "max/comments", { post: post.mid, author_id: shared.citizen, text });
      await refresh();
      return true;
    },
  }));
  node.parts = { comments, total, words: node.querySelector(".words") };
  return node;
}

function showChannel() {
  const all = messages("comment");
  const posts = messages("post").reverse();
  reconcile($("posts"), posts, postNode, (node, post) => {
    const below = all.filter((c) => c.post === post.mid);
    node.parts.words.textContent = post.text;
    node.parts.total.textContent = below.length
      ? count(below.length, "комментарий", "комментария", "комментариев") : "Нет комментариев";
    reconcile(node.parts.comments, below, commentNode(post), (child, comment) => {
      fillBody(child.parts.body, child.parts.slot, post, comment);
    });
  });
  $("no-posts").hidden = posts.length > 0;
}

function bubble(message) {
  const words = el("p", { class: "words" });
  const node = el("div", {
    class: `bubble ${official(message) ? "theirs" : "mine"}`,
    testid: official(message) ? "private-official" : "private-message", "data-message": message.mid,
  }, official(message) && el("span", { class: "chip" }, "Официальный ответ"), words, photosOf(message.files),
  el("div", { class: "meta" }, time(seconds(message)),
    message.author === shared.citizen && link("delete-message", "Удалить", () => remove(message))));
  node.parts = { words };
  return node;
}

function showTalk() {
  const chat = Object.values(shared.world.max.dialogs)
    .find((d) => d.group === shared.page && d.user_id === shared.citizen)?.chat_id;
  const talk = messages("message").filter((m) => m.chat_id === chat);
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
  reconcile(box, talk, bubble, (node, message) => { node.parts.words.textContent = message.text; });
  if (!talk.length) box.append(el("p", { class: "quiet empty" }, "Здесь появится переписка. Личное сообщение увидят только сотрудники, которые ведут страницу."));
  if (open && box.childElementCount !== before) box.scrollTop = box.scrollHeight;
  const answers = talk.filter(official);
  const last = answers.at(-1)?.at ?? 0;
  if (open || !(key in read)) read[key] = last;
  const unread = answers.filter((m) => m.at > read[key]).length;
  $("private-badge").hidden = !unread;
  $("private-badge").textContent = unread || "";
}

function toggle(open) {
  $("private").hidden = !open;
  $("private-open").setAttribute("aria-expanded", String(open));
  document.body.classList.toggle("talking", open);
  if (open) {
    showTalk();
    $("talk").scrollTop = $("talk").scrollHeight;
    $("private-form").querySelector("textarea").focus();
  } else $("private-open").focus();
}

function showCitizens() {
  const people = Object.values(shared.world.users).filter((user) => user.id !== STAFF);
  const select = $("citizen");
  const seen = people.map((user) => user.id).join();
  if (select.dataset.seen !== seen) {
    select.dataset.seen = seen;
    select.replaceChildren(...people.map((user) => el("option", { value: user.id }, author(user.id).name)));
  }
  if (!shared.world.users[shared.citizen]) shared.citizen = people[0].id;
  select.value = shared.citizen;
  $("me-avatar").src = `/avatars/${shared.citizen}.svg`;
}

function showPage() {
  const group = shared.world.groups[shared.page];
  $("page-name").replaceChildren(...officialName(group.name));
  $("page-about").textContent = group.description;
  $("page-avatar").src = `/avatars/-${group.id}.svg`;
  document.body.style.setProperty("--page", group.colour);
  $("pages").replaceChildren(...Object.values(shared.world.groups).map((item) => el("button", {
    type: "button", testid: `page-${item.id}`, "aria-pressed": String(item.id === shared.page),
    click: () => {
      shared.page = item.id;
      editing.clear();
      $("posts").replaceChildren();
      showPage();
      shared.show();
    },
  }, item.name.split(" ")[0])));
}

function announce() {
  const answers = Object.values(shared.world.max.messages)
    .filter((m) => m.kind !== "post" && official(m) && !m.deleted).length;
  if (shared.ready && answers > shared.answers) $("live").textContent = `Новый официальный ответ, ${when(now(), now())}`;
  shared.answers = answers;
}

shared.show = () => {
  showCitizens();
  showChannel();
  showTalk();
  announce();
};

async function start() {
  shared.world = await call("GET", "world");
  shared.page = shared.world.groups[query.get("page")] ? Number(query.get("page")) : 1;
  shared.citizen = Number(query.get("citizen")) || 0;
  $("private-form").replaceChildren(form({
    label: "Личное сообщение", placeholder: "Напишите боту", button: "Отправить",
    ids: { form: "private-form", text: "private-text", send: "private-send" },
    send: async ({ text, photos }) => {
      await call("POST", "max/messages", { group_id: shared.page, author_id: shared.citizen, text, photos });
      await refresh();
      return true;
    },
  }));
  $("private-open").addEventListener("click", () => toggle($("private").hidden));
  $("private-close").addEventListener("click", () => toggle(false));
  $("private").addEventListener("keydown", (event) => {
    if (event.key === "Escape") toggle(false);
  });
  $("citizen").addEventListener("change", () => {
    shared.citizen = Number($("citizen").value);
    shared.show();
  });
  showPage();
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
