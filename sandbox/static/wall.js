// The wall: posts with their comments.
import { $, attempt, call, el, reconcile } from "./dom.js";
import { nameLine, photosOf, refresh, shared, time, wordsOf } from "./state.js";
import { byParent, commentCount, commentForm, showComments } from "./comments.js";
import { writingForm } from "./form.js";

function change(method, path) {
  attempt(async () => {
    await call(method, path, {});
    await refresh();
  });
}

function fillWords(node, post) {
  const own = post.from_id === shared.citizen;
  const seen = JSON.stringify([post.text, post.edited, post.deleted, own]);
  if (node.dataset.seen === seen) return;
  node.dataset.seen = seen;
  const path = `posts/${shared.page}/${post.id}`;
  const link = (testid, words, click) => el("button", { type: "button", class: "link", testid, click }, words);
  const parts = post.deleted
    ? [el("p", { class: "gone" }, "Запись удалена. ", link("restore-post", "Восстановить", () => change("POST", `${path}/restore`)))]
    : [el("p", { class: "words", testid: "post-text-body" }, wordsOf(post.text)),
      own && el("div", { class: "meta" }, link("delete-post", "Удалить запись", () => change("DELETE", path)))];
  node.replaceChildren(...parts.filter(Boolean));
}

function postNode(post) {
  const thing = { place: "wall", id: post.id };
  const comments = el("div", { class: "comments", testid: `comments-${post.id}` });
  const total = el("span", { class: "count" });
  const words = el("div");
  const node = el("article", {
    class: "card post", testid: "post", "data-post": post.id, "aria-label": `Запись: ${post.text.slice(0, 60)}`,
  },
  el("header", { class: "post-head" },
    el("img", { class: "face", src: `/avatars/${post.from_id}.svg`, alt: "", width: 44, height: 44 }),
    el("div", {}, nameLine(post.from_id), el("div", { class: "meta" }, time(post.date),
      post.pinned && el("span", {}, "закреплено")))),
  words, photosOf(post.files),
  el("div", { class: "counts", "aria-hidden": "true" },
    el("span", {}, `♡ ${post.likes}`), total, el("span", { class: "views" }, `${post.views.toLocaleString("ru")} просмотров`)),
  comments,
  commentForm(thing, {
    label: "Комментарий к записи", placeholder: "Написать комментарий", button: "Отправить",
    ids: { form: `comment-form-${post.id}`, text: "comment-text", send: "send-comment" },
  }));
  node.parts = { comments, total, thing, words };
  return node;
}

export function showWall(world) {
  const group = world.groups[shared.page];
  const posts = Object.values(group.posts)
    .filter((post) => !post.deleted || post.from_id === shared.citizen)
    .sort((a, b) => (b.pinned ? 1 : 0) - (a.pinned ? 1 : 0) || b.date - a.date || b.id - a.id);
  const all = byParent(group, "wall");
  reconcile($("posts"), posts, postNode, (node, post) => {
    const { comments, total, thing, words } = node.parts;
    fillWords(words, post);
    total.textContent = commentCount(showComments(comments, thing, all.get(post.id) ?? []));
  });
  $("no-posts").hidden = posts.length > 0;
}

export function wallComposer() {
  return writingForm({
    label: "Новая запись на стене", placeholder: "Написать на стене города", button: "Опубликовать",
    ids: { form: "post-form", text: "post-text", send: "send-post" },
    send: async ({ text, photos }) => {
      await call("POST", "posts", { group_id: shared.page, author_id: shared.citizen, text, photos });
      await refresh();
      return true;
    },
  });
}
