// The wall: posts, comments, threads.
import { $, attempt, call, count, el, reconcile } from "./dom.js";
import { author, officialName, photosOf, refresh, shared, time } from "./state.js";
import { writingForm } from "./form.js";

const editing = new Set();

function nameLine(ownerId) {
  const { name } = author(ownerId);
  return ownerId < 0
    ? el("span", { class: "name official-name" }, officialName(name))
    : el("span", { class: "name" }, name);
}

function commentForm(post, options) {
  const { replyTo = null, ...other } = options;
  return writingForm({
    ...other,
    send: async ({ text, photos }) => {
      await call("POST", "comments", {
        group_id: shared.page, post_id: post.id, author_id: shared.citizen, text, photos,
        reply_to: replyTo,
      });
      other.cancel?.();
      await refresh();
      return true;
    },
  });
}

function openReply(slot, post, comment) {
  const close = () => slot.replaceChildren();
  const form = commentForm(post, {
    replyTo: comment.id, cancel: close, button: "Ответить",
    label: `Ответ: ${author(comment.from_id).name}`,
    placeholder: `Ответить: ${author(comment.from_id).name}`,
    ids: { form: `reply-form-${comment.id}`, text: "reply-text", send: "send-reply" },
  });
  slot.replaceChildren(form);
  form.focusText();
}

function openEdit(body, comment) {
  editing.add(comment.id);
  const close = () => {
    editing.delete(comment.id);
    body.dataset.seen = "";
    refresh(true);
  };
  const form = writingForm({
    label: "Изменить комментарий", text: comment.text, photos: false, cancel: close,
    button: "Сохранить",
    ids: { form: `edit-form-${comment.id}`, text: "edit-text", send: "save-edit" },
    send: async ({ text }) => {
      await call("PATCH", `comments/${shared.page}/${comment.id}`, { text });
      close();
      return true;
    },
  });
  body.querySelector(".words").replaceWith(form);
  body.querySelector(".meta").remove();
  form.focusText();
}

function change(method, path) {
  attempt(async () => {
    await call(method, path);
    await refresh();
  });
}

function deletedBody(comment) {
  const own = comment.from_id === shared.citizen;
  return [el("p", { class: "gone" }, "Комментарий удалён. ",
    own && el("button", {
      type: "button", class: "link", testid: "restore-comment",
      click: () => change("POST", `comments/${shared.page}/${comment.id}/restore`),
    }, "Восстановить"))];
}

function liveBody(node, slot, post, comment) {
  const own = comment.from_id === shared.citizen;
  const link = (testid, words, click) => el("button", { type: "button", class: "link", testid, click }, words);
  return [
    el("img", { class: "face", src: `/avatars/${comment.from_id}.svg`, alt: "", width: 36, height: 36 }),
    el("div", { class: "says" },
      el("div", { class: "who" }, nameLine(comment.from_id),
        comment.from_id < 0 && el("span", { class: "chip" }, "Официальный ответ")),
      el("p", { class: "words", testid: "comment-body" }, comment.text),
      photosOf(comment.files),
      el("div", { class: "meta" }, time(comment.date),
        comment.edited && el("span", {}, "изменён"),
        link("reply-button", "Ответить", () => openReply(slot, post, comment)),
        own && link("edit-comment", "Изменить", () => openEdit(node, comment)),
        own && link("delete-comment", "Удалить", () => change("DELETE", `comments/${shared.page}/${comment.id}`)))),
  ];
}

function fillBody(node, slot, post, comment) {
  const seen = JSON.stringify([comment, shared.citizen]);
  if (node.dataset.seen === seen || editing.has(comment.id)) return;
  const focused = node.contains(document.activeElement) && document.activeElement.dataset.testid;
  node.dataset.seen = seen;
  node.className = `comment-body${comment.from_id < 0 ? " official" : ""}`;
  node.replaceChildren(...(comment.deleted ? deletedBody(comment) : liveBody(node, slot, post, comment)));
  if (focused) node.querySelector("button")?.focus();
}

function commentNode(post) {
  return (comment) => {
    const isNew = shared.ready && comment.date > shared.opened;
    const slot = el("div", { class: "slot" });
    const body = el("div");
    const replies = el("div", { class: "replies" });
    const node = el("article", {
      class: `comment${isNew ? " fresh" : ""}`,
      testid: comment.from_id < 0 ? "official-reply" : "comment",
      "data-comment": comment.id, "data-author": comment.from_id,
      "aria-label": `Комментарий: ${author(comment.from_id).name}`,
    }, body);
    // An answer in a thread uses the slot of its thread: one level, as in VK.
    if (comment.thread) node.parts = { body, post };
    else {
      node.append(replies, slot);
      node.parts = { body, slot, replies, post };
    }
    return node;
  };
}

function updateComment(all) {
  return (node, comment) => {
    const { body, slot, replies, post } = node.parts;
    if (slot) {
      fillBody(body, slot, post, comment);
      const below = all.filter((c) => c.thread === comment.id && visible(c, all));
      reconcile(replies, below, commentNode(post), (child, reply) => {
        fillBody(child.parts.body, slot, post, reply);
      });
    }
  };
}

/** A deleted comment stays visible to its author, and where somebody has answered. */
function visible(comment, all) {
  return !comment.deleted || comment.from_id === shared.citizen
    || all.some((c) => c.thread === comment.id && !c.deleted);
}

function postNode(post) {
  const comments = el("div", { class: "comments", testid: `comments-${post.id}` });
  const total = el("span", { class: "count" });
  const text = el("p", { class: "words", testid: "post-text-body" }, post.text);
  const node = el("article", {
    class: "card post", testid: "post", "data-post": post.id, "aria-label": `Запись: ${post.text.slice(0, 60)}`,
  },
  el("header", { class: "post-head" },
    el("img", { class: "face", src: `/avatars/${post.from_id}.svg`, alt: "", width: 44, height: 44 }),
    el("div", {}, nameLine(post.from_id), el("div", { class: "meta" }, time(post.date),
      post.pinned && el("span", {}, "закреплено")))),
  text, photosOf(post.files),
  el("div", { class: "counts", "aria-hidden": "true" },
    el("span", {}, `♡ ${post.likes}`), total, el("span", { class: "views" }, `${post.views.toLocaleString("ru")} просмотров`)),
  comments,
  commentForm(post, {
    label: "Комментарий к записи", placeholder: "Написать комментарий", button: "Отправить",
    ids: { form: `comment-form-${post.id}`, text: "comment-text", send: "send-comment" },
  }));
  node.parts = { comments, total };
  return node;
}

function updatePost(group) {
  return (node, post) => {
    const all = Object.values(group.comments)
      .filter((c) => c.post_id === post.id).sort((a, b) => a.id - b.id);
    const top = all.filter((c) => !c.thread && visible(c, all));
    const live = all.filter((c) => !c.deleted).length;
    node.parts.total.textContent = live ? count(live, "комментарий", "комментария", "комментариев") : "Нет комментариев";
    reconcile(node.parts.comments, top, commentNode(post), updateComment(all));
  };
}

export function showWall(world) {
  const group = world.groups[shared.page];
  const posts = Object.values(group.posts)
    .sort((a, b) => (b.pinned ? 1 : 0) - (a.pinned ? 1 : 0) || b.date - a.date || b.id - a.id);
  reconcile($("posts"), posts, postNode, updatePost(group));
  $("no-posts").hidden = posts.length > 0;
}

export function buildComposer() {
  $("composer").replaceChildren(writingForm({
    label: "Новая запись на стене", placeholder: "Написать на стене города", button: "Опубликовать",
    ids: { form: "post-form", text: "post-text", send: "send-post" },
    send: async ({ text, photos }) => {
      await call("POST", "posts", { group_id: shared.page, author_id: shared.citizen, text, photos });
      await refresh();
      return true;
    },
  }));
}

export function clearWall() {
  editing.clear();
  $("posts").replaceChildren();
}
