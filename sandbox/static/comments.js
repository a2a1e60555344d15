// Comments under anything: a post, a topic, a photo, a video. One level of threads.
import { attempt, call, count, el, reconcile } from "./dom.js";
import { author, isOfficial, nameLine, photosOf, refresh, shared, time, wordsOf } from "./state.js";
import { writingForm } from "./form.js";

/** The list of comments in a group and the field that names what is commented. */
export const PLACES = {
  wall: ["comments", "post_id"], board: ["board_comments", "topic_id"],
  photo: ["photo_comments", "photo_id"], video: ["video_comments", "video_id"],
};
/** So many top-level comments are shown until somebody asks for more. */
const SHOWN = 60;
const editing = new Set();
const mark = (thing, comment) => `${thing.place}:${comment.id}`;

export function commentForm(thing, options) {
  const { replyTo = null, ...other } = options;
  return writingForm({
    ...other,
    send: async ({ text, photos }) => {
      await call("POST", "comments", {
        group_id: shared.page, place: thing.place, [PLACES[thing.place][1]]: thing.id,
        author_id: shared.citizen, text, photos, reply_to: replyTo,
      });
      other.cancel?.();
      await refresh();
      return true;
    },
  });
}

function openReply(slot, thing, comment) {
  const close = () => slot.replaceChildren();
  const form = commentForm(thing, {
    replyTo: comment.id, cancel: close, button: "Ответить",
    label: `Ответ: ${author(comment.from_id).name}`,
    placeholder: `Ответить: ${author(comment.from_id).name}`,
    ids: { form: `reply-form-${comment.id}`, text: "reply-text", send: "send-reply" },
  });
  slot.replaceChildren(form);
  form.focusText();
}

function openEdit(body, thing, comment) {
  editing.add(mark(thing, comment));
  const close = () => {
    editing.delete(mark(thing, comment));
    body.dataset.seen = "";
    refresh(true);
  };
  const form = writingForm({
    label: "Изменить комментарий", text: comment.text, photos: false, cancel: close,
    button: "Сохранить",
    ids: { form: `edit-form-${comment.id}`, text: "edit-text", send: "save-edit" },
    send: async ({ text }) => {
      await call("PATCH", `comments/${shared.page}/${comment.id}`, { text, place: thing.place });
      close();
      return true;
    },
  });
  body.querySelector(".words").replaceWith(form);
  body.querySelector(".meta").remove();
  form.focusText();
}

function change(method, path, thing) {
  attempt(async () => {
    await call(method, path, { place: thing.place });
    await refresh();
  });
}

function deletedBody(thing, comment) {
  const own = comment.from_id === shared.citizen;
  return [el("p", { class: "gone" }, "Комментарий удалён. ",
    own && el("button", {
      type: "button", class: "link", testid: "restore-comment",
      click: () => change("POST", `comments/${shared.page}/${comment.id}/restore`, thing),
    }, "Восстановить"))];
}

function liveBody(node, slot, thing, comment) {
  const own = comment.from_id === shared.citizen;
  const link = (testid, words, click) => el("button", { type: "button", class: "link", testid, click }, words);
  return [
    el("img", { class: "face", src: `/avatars/${comment.from_id}.svg`, alt: "", width: 36, height: 36 }),
    el("div", { class: "says" },
      el("div", { class: "who" }, nameLine(comment.from_id),
        isOfficial(comment.from_id) && el("span", { class: "chip" }, "Официальный ответ")),
      el("p", { class: "words", testid: "comment-body" }, wordsOf(comment.text)),
      photosOf(comment.files),
      el("div", { class: "meta" }, time(comment.date),
        comment.edited && el("span", {}, "изменён"),
        !thing.closed && link("reply-button", "Ответить", () => openReply(slot, thing, comment)),
        own && link("edit-comment", "Изменить", () => openEdit(node, thing, comment)),
        own && link("delete-comment", "Удалить", () => change("DELETE", `comments/${shared.page}/${comment.id}`, thing)))),
  ];
}

function fillBody(node, slot, thing, comment) {
  const seen = JSON.stringify([comment, shared.citizen, thing.closed]);
  if (node.dataset.seen === seen || editing.has(mark(thing, comment))) return;
  const focused = node.contains(document.activeElement) && document.activeElement.dataset.testid;
  node.dataset.seen = seen;
  node.className = `comment-body${isOfficial(comment.from_id) ? " official" : ""}`;
  node.replaceChildren(...(comment.deleted ? deletedBody(thing, comment) : liveBody(node, slot, thing, comment)));
  if (focused) node.querySelector("button")?.focus();
}

function commentNode(thing) {
  return (comment) => {
    const isNew = shared.ready && comment.date > shared.opened;
    const slot = el("div", { class: "slot" });
    const body = el("div");
    const replies = el("div", { class: "replies" });
    const node = el("article", {
      class: `comment${isNew ? " fresh" : ""}`,
      testid: isOfficial(comment.from_id) ? "official-reply" : "comment",
      "data-comment": comment.id, "data-author": comment.from_id, "data-place": thing.place,
      "aria-label": `Комментарий: ${author(comment.from_id).name}`,
    }, body);
    // An answer in a thread uses the slot of its thread: one level, as in VK.
    if (comment.thread) node.parts = { body };
    else {
      node.append(replies, slot);
      node.parts = { body, slot, replies };
    }
    return node;
  };
}

/** Deleted comments stay visible to their authors, and where somebody has answered. */
function visible(comment, answered) {
  return !comment.deleted || comment.from_id === shared.citizen || answered.has(comment.id);
}

/** All comments of the page by what they stand under, in the order of writing. */
export function byParent(group, place) {
  const [list, field] = PLACES[place];
  const found = new Map();
  for (const comment of Object.values(group[list])) {
    if (!found.has(comment[field])) found.set(comment[field], []);
    found.get(comment[field]).push(comment);
  }
  for (const comments of found.values()) comments.sort((a, b) => a.id - b.id);
  return found;
}

/** Bring the comments in `box` up to date; returns how many are not deleted. */
export function showComments(box, thing, all) {
  const answered = new Set(all.filter((c) => c.thread && !c.deleted).map((c) => c.thread));
  const top = all.filter((c) => !c.thread && visible(c, answered));
  const below = new Map();
  for (const comment of all) {
    if (!comment.thread || !visible(comment, answered)) continue;
    if (!below.has(comment.thread)) below.set(comment.thread, []);
    below.get(comment.thread).push(comment);
  }
  const limit = box.limit ?? SHOWN;
  const hidden = Math.max(0, top.length - limit);
  reconcile(box, top.slice(hidden), commentNode(thing), (node, comment) => {
    const { body, slot, replies } = node.parts;
    fillBody(body, slot, thing, comment);
    reconcile(replies, below.get(comment.id) ?? [], commentNode(thing), (child, reply) => {
      fillBody(child.parts.body, slot, thing, reply);
    });
  });
  if (hidden) {
    const more = el("button", {
      type: "button", class: "plain earlier", testid: "earlier-comments",
      click: () => {
        box.limit = limit + SHOWN;
        refresh(true);
      },
    }, `Показать предыдущие: ${hidden.toLocaleString("ru")}`);
    box.prepend(more);
  }
  return all.filter((c) => !c.deleted).length;
}

export function commentCount(live) {
  return live ? count(live, "комментарий", "комментария", "комментариев") : "Нет комментариев";
}

export function forgetEditing() {
  editing.clear();
}
