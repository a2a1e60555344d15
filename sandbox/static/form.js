// The writing form: text, photos, sending. The same for posts, comments and messages.
import { attempt, el, toast } from "./dom.js";

const PHOTO_LIMIT = 8 * 1024 * 1024;
let serial = 0;

function read(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.onerror = () => reject(new Error("Не получилось прочитать фотографию"));
    reader.readAsDataURL(file);
  });
}

/**
 * options: label, placeholder, button, ids {form, text, send}, text (when editing),
 * heading {label, testid} (a line above the text, passed to send as `heading`),
 * photos (false: none), send({text, photos}) → truthy when done, cancel().
 */
export function writingForm(options) {
  const id = `text-${++serial}`;
  let photos = [];
  const previews = el("div", { class: "previews" });
  const text = el("textarea", {
    id, rows: 1, maxlength: 4096, placeholder: options.placeholder, testid: options.ids.text,
  });
  text.value = options.text ?? "";
  const grow = () => {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight + 2, 260)}px`;
  };
  const show = () => {
    previews.replaceChildren(...photos.map((data, index) => el("span", { class: "preview", testid: "photo-preview" },
      el("img", { src: data, alt: `Фотография ${index + 1}` }),
      el("button", { type: "button", "aria-label": `Убрать фотографию ${index + 1}`, click: () => {
        photos.splice(index, 1);
        show();
      } }, "✕"))));
  };
  const picker = el("input", {
    type: "file", accept: "image/png,image/jpeg,image/gif", multiple: true, class: "unseen",
    testid: "attach-photo", "aria-label": "Приложить фотографию",
    change: () => attempt(async () => {
      for (const file of picker.files) {
        if (file.size > PHOTO_LIMIT) toast("Фотография больше 8 МБ");
        else photos.push(await read(file));
      }
      picker.value = "";
      show();
    }),
  });
  const heading = options.heading && el("input", {
    class: "heading", maxlength: 128, placeholder: options.heading.label, "aria-label": options.heading.label,
    testid: options.heading.testid, autocomplete: "off",
  });
  const send = el("button", { class: "main", testid: options.ids.send }, options.button);
  const form = el("form", {
    class: "writing", testid: options.ids.form,
    submit: (event) => {
      event.preventDefault();
      if (heading && !heading.value.trim()) {
        heading.focus();
        return;
      }
      if (!text.value.trim() && !photos.length) {
        text.focus();
        return;
      }
      send.disabled = true;
      attempt(() => options.send({ heading: heading?.value, text: text.value, photos })).then((done) => {
        send.disabled = false;
        if (!done) return;
        text.value = "";
        if (heading) heading.value = "";
        photos = [];
        show();
        grow();
      });
    },
  },
  el("label", { for: id, class: "unseen" }, options.label), heading, text, previews,
  el("div", { class: "row" },
    options.photos === false ? null : el("label", { class: "clip" }, picker,
      el("span", { class: "clip-mark", "aria-hidden": "true" }, "Фото")),
    el("span", { class: "grow" }),
    options.cancel && el("button", { type: "button", class: "plain", click: options.cancel }, "Отменить"),
    send));
  text.addEventListener("input", grow);
  form.addEventListener("focusin", () => form.classList.add("open"));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    if (event.key === "Escape" && options.cancel) options.cancel();
  });
  queueMicrotask(grow);
  form.focusText = () => {
    text.focus();
    grow();
  };
  return form;
}
