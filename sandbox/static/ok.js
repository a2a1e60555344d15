// The page of the group on Odnoklassniki: topics, comments, the private conversation.
import { $, attempt, call, count, el, reconcile, when } from "./dom.js";
import { now, officialName, photosOf, shared, time } from "./state.js";
import { writingForm } from "./form.js";

const STAFF = 900;
const OFFICIAL = 0;

const person = (id) => {
  const user = shared.world.users[id];
  return user ? `${user.first_name} ${user.last_name}`.trim() : "Житель";
};
const seconds = (ms) => Math.floor(ms / 1000);

async function refresh(again = false) {
  const world = await call("GET", "ok/world");
  if (!again && shared.world && world.version <= shared.world.version) return;
  shared.world = world;
  shared.clock = world.now - Math.floor(Date.now() / 1000);
  show();
}

function change(method, path, body) {
  return attempt(async () => {
    await call(method, path, body);
    await refresh(true);
    return true;
  });
}

function nameOf(author) {
  return author === OFFICIAL
    ? el("span", { class: "name official-name" }, officialName(shared.world.name))
    : el("span", { class: "name" }, person(author));
}

function form(words, ids, send, more = {}) {
  return writingForm({ label: words[0], placeholder: words[0], button: words[1], ids, send, ...more });
}

function openAnswer(slot, comment) {
  const close = () => slot.replaceChildren();
  const box = form([`Ответ: ${comment.author ? person(comment.author) : shared.world.name}`, "Ответить"],
    { form: "reply-form", text: "reply-text", send: "send-reply" },
    async ({ text, photos }) => {
      await call("POST", "ok/comments", { topic_id: comment.topic, author_id: shared.citizen, text, photos, reply_to: comment.id });
      close();
      await refresh(true);
      return true;
    }, { cancel: close });
  slot.replaceChildren(box);
  box.focusText();
}

function openEdit(slot, comment) {
  const close = () => slot.replaceChildren();
  const box = form(["Изменить комментарий", "Сохранить"], { form: "edit-form", text: "edit-text", send: "save-edit" },
    async ({ text }) => {
      await call("PATCH", `ok/comments/${encodeURIComponent(comment.id)}`, { text });
      close();
      await refresh(true);
      return true;
    }, { cancel: close, photos: false, text: comment.text });
  slot.replaceChildren(box);
  box.focusText();
}

function fillComment(node, comment) {
  const seen = JSON.stringify([comment, shared.citizen]);
  if (node.dataset.seen === seen) return;
  node.dataset.seen = seen;
  const own = comment.author === shared.citizen;
  const answered = comment.reply_to && shared.world.comments[comment.reply_to];
  const link = (testid, words, click) => el("button", { type: "button", class: "link", testid, click }, words);
  node.querySelector(".body").replaceChildren(
    el("img", { class: "face", src: `/avatars/${comment.author || -1}.svg`, alt: "", width: 36, height: 36 }),
    el("div", { class: "says" },
      el("div", { class: "who" }, nameOf(comment.author), comment.official && el("span", { class: "chip" }, "Официальный ответ")),
      answered && el("p", { class: "quiet answered" }, `в ответ: ${answered.author ? person(answered.author) : shared.world.name}`),
      el("p", { class: "words", testid: "comment-body" }, comment.text), photosOf(comment.files),
      el("div", { class: "meta" }, time(seconds(comment.ms)), comment.edited_ms && el("span", {}, "изменён"),
        link("reply-button", "Ответить", () => openAnswer(node.querySelector(".slot"), comment)),
        own && link("edit-comment", "Изменить", () => openEdit(node.querySelector(".slot"), comment)),
        own && link("delete-comment", "Удалить", () => change("DELETE", `ok/comments/${encodeURIComponent(comment.id)}`)))));
}

function commentNode(comment) {
  const official = comment.author === OFFICIAL;
  return el("article", {
    class: "comment", testid: official ? "official-reply" : "comment",
    "data-comment": comment.id, "data-author": comment.author,
  }, el("div", { class: `comment-body body${official ? " official" : ""}` }), el("div", { class: "slot" }));
}

function topicNode(topic) {
  const comments = el("div", { class: "comments", testid: `comments-${topic.id}` });
  const total = el("span", { class: "count" });
  const node = el("article", { class: "card post", testid: "post", "data-post": topic.id },
    el("header", { class: "post-head" },
      el("img", { class: "face", src: `/avatars/${topic.author || -1}.svg`, alt: "", width: 44, height: 44 }),
      el("div", {}, nameOf(topic.author), el("div", { class: "meta" }, time(seconds(topic.ms))))),
    el("p", { class: "words", testid: "post-text-body" }, topic.text), photosOf(topic.files),
    el("div", { class: "counts" }, total), comments,
    form(["Написать комментарий", "Отправить"],
      { form: `comment-form-${topic.id}`, text: "comment-text", send: "send-comment" },
      ({ text, photos }) => change("POST", "ok/comments", { topic_id: topic.id, author_id: shared.citizen, text, photos })));
  node.parts = { comments, total };
  return node;
}

function updateTopic(node, topic) {
  const all = Object.values(shared.world.comments)
    .filter((c) => c.topic === topic.id && !c.deleted).sort((a, b) => a.ms - b.ms);
  node.parts.total.textContent = all.length ? count(all.length, "комментарий", "комментария", "комментариев") : "Нет комментариев";
  reconcile(node.parts.comments, all, commentNode, fillComment);
}

function showTalk() {
  const chat = Object.values(shared.world.chats).find((c) => c.person === shared.citizen);
  const messages = (chat?.messages ?? []).map((m) => ({ ...m, id: m.mid }));
  const box = $("talk");
  if (box.dataset.whose !== String(shared.citizen)) {
    box.replaceChildren();
    box.dataset.whose = shared.citizen;
  }
  const before = box.childElementCount;
  reconcile(box, messages, (m) => el("div", {
    class: `bubble ${m.out ? "theirs" : "mine"}`, testid: m.out ? "private-official" : "private-message", "data-message": m.mid,
  }, m.out && el("span", { class: "chip" }, "Официальный ответ"), el("p", { class: "words" }, m.text), photosOf(m.files),
  el("div", { class: "meta" }, time(seconds(m.ms)))));
  if (box.childElementCount !== before) box.scrollTop = box.scrollHeight;
}

function announce() {
  const { comments, chats } = shared.world;
  const answers = Object.values(comments).filter((c) => !c.author && !c.deleted).length
    + Object.values(chats).reduce((n, c) => n + c.messages.filter((m) => m.out).length, 0);
  if (shared.ready && answers > shared.answers) $("live").textContent = `Новый официальный ответ, ${when(now(), now())}`;
  shared.answers = answers;
}

function show() {
  const { world } = shared;
  const people = Object.values(world.users).filter((user) => user.id !== STAFF);
  const select = $("citizen");
  if (select.childElementCount !== people.length) {
    select.replaceChildren(...people.map((user) => el("option", { value: user.id }, person(user.id))));
  }
  if (!world.users[shared.citizen]) shared.citizen = people[0].id;
  select.value = shared.citizen;
  $("me-avatar").src = `/avatars/${shared.citizen}.svg`;
  $("page-name").replaceChildren(...officialName(world.name));
  $("page-about").textContent = world.description;
  $("page-members").textContent = count(world.members_count, "участник", "участника", "участников");
  const topics = Object.values(world.topics).sort((a, b) => b.ms - a.ms);
  reconcile($("posts"), topics, topicNode, updateTopic);
  $("no-posts").hidden = topics.length > 0;
  showTalk();
  announce();
  for (const box of document.querySelectorAll("[data-setting]")) box.checked = world.settings[box.dataset.setting];
}

function switchLine(name, words) {
  const box = el("input", {
    type: "checkbox", testid: `setting-${name}`,
    change: () => change("PATCH", "ok/settings", { [name]: box.checked }),
  });
  box.dataset.setting = name;
  return el("label", { class: "switch" }, box, el("span", {}, words));
}

async function buildControl() {
  const keys = await call("GET", "ok/keys");
  $("control-body").replaceChildren(
    switchLine("token_valid", "Ключ доступа действует"),
    switchLine("comments_allowed", "Приложению разрешено комментировать"),
    el("fieldset", {}, el("legend", {}, "Ключи и номер группы"),
      el("ul", { class: "keys" }, Object.values(keys).map((key) => el("li", {}, el("code", {}, key))))),
    el("p", { class: "quiet" }, "Сбои запросов готовят на странице ВКонтакте: они действуют на все сети."));
}

async function start() {
  document.body.style.setProperty("--page", "#c2570c");
  shared.citizen = Number(new URLSearchParams(location.search).get("citizen")) || 0;
  $("citizen").addEventListener("change", () => {
    shared.citizen = Number($("citizen").value);
    refresh(true);
  });
  $("private-form").replaceChildren(form(["Написать сообщение", "Отправить"],
    { form: "private-form", text: "private-text", send: "private-send" },
    ({ text, photos }) => change("POST", "ok/messages", { author_id: shared.citizen, text, photos })));
  await buildControl();
  await refresh(true);
  shared.ready = true;
  document.body.dataset.ready = "1";
  setInterval(() => {
    if (!document.hidden) refresh().catch(() => {});
  }, 1000);
}

attempt(start);
