// Discussions, photos and videos of a page, each with its comments.
import { $, call, el, reconcile } from "./dom.js";
import { fileUrl, nameLine, refresh, shared, time } from "./state.js";
import { byParent, commentCount, commentForm, showComments } from "./comments.js";
import { writingForm } from "./form.js";

const EMPTY = {
  board: "Здесь появятся обсуждения. Начните первое: напишите название и вопрос.",
  photo: "У этой страницы пока нет фотографий.",
  video: "У этой страницы пока нет видео.",
};

export function topicsOf(group) {
  return Object.values(group.topics)
    .sort((a, b) => (b.fixed ? 1 : 0) - (a.fixed ? 1 : 0) || b.id - a.id);
}

export function photosOfPage(world) {
  return Object.values(world.files)
    .filter((file) => file.owner_id === -shared.page && file.kind === "photo")
    .sort((a, b) => b.id - a.id);
}

export function videosOf(group) {
  return Object.values(group.videos).sort((a, b) => b.id - a.id);
}

const items = {
  board: (world) => topicsOf(world.groups[shared.page]),
  photo: photosOfPage,
  video: (world) => videosOf(world.groups[shared.page]),
};

const heads = {
  board: (topic) => [
    el("h2", {}, topic.title),
    el("div", { class: "meta" }, nameLine(topic.created_by), time(topic.created),
      topic.fixed && el("span", {}, "закреплено")),
  ],
  photo: (file) => [
    el("div", { class: "photos n1" }, el("a", { href: fileUrl(file), target: "_blank", rel: "noopener", testid: "photo" },
      el("img", { src: fileUrl(file), alt: file.title || "Фотография", width: file.width || 640, height: file.height || 400 }))),
    el("div", { class: "meta" }, time(file.date)),
  ],
  video: (video) => [
    el("div", { class: "frame" }, el("img", { src: fileUrl(shared.world.files[video.image]), alt: "", width: 640, height: 400 }),
      el("span", { class: "play", "aria-hidden": "true" }, "▶")),
    el("h2", {}, video.title), el("p", { class: "words" }, video.description),
    el("div", { class: "meta" }, time(video.date)),
  ],
};

const NAMES = { board: "Обсуждение", photo: "Фотография", video: "Видео" };

function thingNode(place) {
  return (item) => {
    const thing = { place, id: item.id, closed: item.closed };
    const comments = el("div", { class: "comments", testid: `comments-${place}-${item.id}` });
    const total = el("div", { class: "counts" });
    const closed = el("p", { class: "quiet", hidden: true }, "Обсуждение закрыто, писать в нём нельзя.");
    const form = commentForm(thing, {
      label: "Комментарий", placeholder: place === "board" ? "Написать в обсуждение" : "Написать комментарий",
      button: "Отправить",
      ids: { form: `comment-form-${place}-${item.id}`, text: "comment-text", send: "send-comment" },
    });
    const node = el("article", {
      class: `card post thing thing-${place}`, testid: `thing-${place}`, "data-thing": item.id,
      "aria-label": `${NAMES[place]}: ${item.title || item.id}`,
    }, heads[place](item), total, comments, form, closed);
    node.parts = { comments, total, thing, form, closed };
    return node;
  };
}

export function showThings(world, place) {
  const list = items[place](world);
  const all = byParent(world.groups[shared.page], place);
  reconcile($("things"), list, thingNode(place), (node, item) => {
    const { comments, total, thing, form, closed } = node.parts;
    thing.closed = item.closed;
    form.hidden = Boolean(item.closed);
    closed.hidden = !item.closed;
    total.textContent = commentCount(showComments(comments, thing, all.get(item.id) ?? []));
  });
  $("no-things").hidden = list.length > 0;
  $("no-things").textContent = EMPTY[place];
}

export function topicComposer() {
  return writingForm({
    heading: { label: "Название обсуждения", testid: "topic-title" },
    label: "Первое сообщение обсуждения", placeholder: "Начать обсуждение", button: "Создать",
    ids: { form: "topic-form", text: "topic-text", send: "send-topic" },
    send: async ({ heading, text, photos }) => {
      await call("POST", "topics", {
        group_id: shared.page, author_id: shared.citizen, title: heading, text, photos,
      });
      await refresh();
      return true;
    },
  });
}
