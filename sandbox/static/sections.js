// Which part of a page is shown: wall, discussions, photos, videos.
import { $, el } from "./dom.js";
import { shared } from "./state.js";
import { forgetEditing } from "./comments.js";
import { showWall, wallComposer } from "./wall.js";
import { photosOfPage, showThings, topicComposer, topicsOf, videosOf } from "./things.js";

const SECTIONS = [["wall", "Стена"], ["board", "Обсуждения"], ["photo", "Фото"], ["video", "Видео"]];
const composers = { wall: wallComposer, board: topicComposer };

export const isSection = (name) => SECTIONS.some(([known]) => known === name);

function counts(world) {
  const group = world.groups[shared.page];
  return { board: topicsOf(group).length, photo: photosOfPage(world).length, video: videosOf(group).length };
}

export function showSection(world) {
  const number = counts(world);
  for (const button of $("sections").children) {
    button.setAttribute("aria-pressed", String(button.dataset.section === shared.section));
    button.querySelector("b").textContent = number[button.dataset.section] || "";
  }
  const wall = shared.section === "wall";
  $("posts").hidden = !wall;
  $("things").hidden = wall;
  if (wall) {
    $("no-things").hidden = true;
    showWall(world);
  } else {
    $("no-posts").hidden = true;
    showThings(world, shared.section);
  }
}

/** Forget what is drawn: another page or section comes. */
export function clearSection() {
  forgetEditing();
  $("posts").replaceChildren();
  $("things").replaceChildren();
  const build = composers[shared.section];
  $("composer").hidden = !build;
  $("composer").replaceChildren(...(build ? [build()] : []));
}

export function buildSections(chosen) {
  $("sections").replaceChildren(...SECTIONS.map(([name, words]) => el("button", {
    type: "button", testid: `section-${name}`, "data-section": name,
    click: () => {
      shared.section = name;
      chosen(name);
      clearSection();
      showSection(shared.world);
    },
  }, words, el("b", {}))));
  clearSection();
}
