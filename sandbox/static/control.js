// «Управление площадкой»: faults for training, keys, the log of calls.
import { $, attempt, call, el, toast } from "./dom.js";
import { refresh, shared } from "./state.js";
import { showTrials, trialBoxes } from "./trials.js";

const SWITCHES = [
  ["rate_limit", "Ограничивать частоту запросов"],
  ["guid_memory", "Помнить ключи повтора комментариев (guid)"],
  ["random_id_memory", "Помнить ключи повтора сообщений (random_id)"],
  ["hide_deleted", "Не показывать программе удалённые комментарии"],
];
const METHODS = [
  ["*", "любой запрос"], ["wall.createComment", "публикация комментария"],
  ["messages.send", "отправка сообщения"], ["wall.get", "чтение стены"],
  ["wall.getComments", "чтение комментариев"], ["messages.getConversations", "чтение переписок"],
  ["messages.getHistory", "чтение переписки"], ["board.getComments", "чтение обсуждений"],
  ["board.createComment", "ответ в обсуждении"], ["groups.getLongPollServer", "подключение к событиям"],
];
const KINDS = [
  ["hang", "выполнить, но ответить через N секунд"], ["drop", "выполнить и оборвать связь"],
  ["truncate", "выполнить и обрезать ответ"], ["error", "отказать с кодом ошибки N"], ["http", "ответить кодом HTTP N"],
];
const DEFAULTS = { hang: 40, drop: 0, truncate: 0, error: 10, http: 502 };
const SHIFTS = [[0, "не сдвигать"], [3600, "на час вперёд"], [86400, "на сутки вперёд"], [259200, "на трое суток вперёд"]];

const options = (pairs) => pairs.map(([value, words]) => el("option", { value }, words));
const button = (testid, words, click, kind = "plain") => el("button", { type: "button", class: kind, testid, click: () => attempt(click) }, words);

function switchLine([name, words]) {
  const box = el("input", {
    type: "checkbox", testid: `setting-${name}`,
    change: () => attempt(() => call("PATCH", "settings", { [name]: box.checked })),
  });
  box.dataset.setting = name;
  return el("label", { class: "switch" }, box, el("span", {}, words));
}

function faultForm() {
  const method = el("select", { testid: "fault-method", "aria-label": "Какой запрос" }, options(METHODS));
  const kind = el("select", { testid: "fault-kind", "aria-label": "Что случится" }, options(KINDS));
  const value = el("input", { type: "number", min: 0, max: 1200, value: 40, testid: "fault-value", "aria-label": "N: секунды или код" });
  const times = el("input", { type: "number", min: 1, max: 100, value: 1, testid: "fault-times", "aria-label": "Сколько раз" });
  const list = el("ul", { class: "faults", id: "faults", testid: "fault-list" });
  kind.addEventListener("change", () => {
    value.value = DEFAULTS[kind.value];
    value.disabled = ["drop", "truncate"].includes(kind.value);
  });
  return el("fieldset", {}, el("legend", {}, "Сбой при следующих запросах"), method, kind,
    el("div", { class: "row" }, el("label", {}, "N", value), el("label", {}, "раз", times)),
    el("div", { class: "row" },
      button("fault-add", "Подготовить сбой", async () => {
        await call("POST", "faults", {
          method: method.value, kind: kind.value, times: Number(times.value),
          code: Number(value.value), seconds: Number(value.value),
        });
        await showFaults();
      }, "main"),
      button("fault-clear", "Убрать сбои", async () => {
        await call("DELETE", "faults");
        await showFaults();
      })), list);
}

async function showFaults() {
  const { faults } = await call("GET", "faults");
  const words = (pairs, value) => Object.fromEntries(pairs)[value] ?? value;
  $("faults").replaceChildren(...faults.map((f) => el("li", {},
    `${words(METHODS, f.method)}: ${words(KINDS, f.kind).replace("N", f.kind === "hang" ? f.seconds : f.code)}, ещё ${f.times}`)));
}

function longPoll() {
  const send = (verb, body, words) => async () => {
    await call("POST", `long-poll/${shared.page}/${verb}`, body?.());
    toast(words);
  };
  const lost = el("input", { type: "number", min: 1, max: 100, value: 1, testid: "drop-count", "aria-label": "Сколько событий потерять" });
  return el("fieldset", {}, el("legend", {}, "События этой страницы"),
    button("long-poll-expire", "Ключ устарел (failed 2)", send("expire", null, "Ключ событий устарел")),
    button("long-poll-forget", "История утеряна (failed 1)", send("forget", null, "История событий утеряна")),
    button("long-poll-lose", "Утеряно всё (failed 3)", send("lose", null, "События и ключ утеряны")),
    el("div", { class: "row" },
      button("long-poll-drop", "Молча потерять следующие", send("drop", () => ({ count: Number(lost.value) }), "Следующие события пропадут")), lost));
}

function resetButton() {
  const node = button("reset", "Начать заново", async () => {
    if (node.dataset.sure !== "1") {
      node.dataset.sure = "1";
      node.textContent = "Стереть всё и начать заново";
      setTimeout(() => {
        node.dataset.sure = "";
        node.textContent = "Начать заново";
      }, 4000);
      return;
    }
    await call("POST", "reset", {});
    location.reload();
  });
  return node;
}

async function showLog() {
  if (!$("control").open || document.hidden) return;
  const { calls } = await call("GET", "log");
  await showTrials();
  $("log").replaceChildren(...calls.slice(-25).reverse().map((c) => el("li", { class: c.outcome.startsWith("ok") ? "" : "bad" },
    el("time", {}, new Date(c.time * 1000).toLocaleTimeString("ru")), ` ${c.method} · ${c.token} · ${c.outcome}`)));
}

export async function showSettings() {
  const { settings } = shared.world;
  for (const box of document.querySelectorAll("[data-setting]")) box.checked = settings[box.dataset.setting];
  $("shift").value = String(settings.time_shift);
}

export async function buildControl() {
  const { tokens } = await call("GET", "tokens");
  const shift = el("select", {
    id: "shift", testid: "setting-time_shift", "aria-label": "Время площадки",
    change: () => attempt(async () => {
      await call("PATCH", "settings", { time_shift: Number(shift.value) });
      await refresh(true);
    }),
  }, options(SHIFTS));
  $("control-body").replaceChildren(
    el("p", { class: "quiet" }, "Здесь включают сбои, чтобы проверить, что программа ничего не теряет и не отвечает дважды."),
    ...SWITCHES.map(switchLine),
    el("label", { class: "field" }, "Время площадки", shift),
    faultForm(), longPoll(), ...trialBoxes(),
    el("fieldset", {}, el("legend", {}, "Ключи доступа"),
      el("ul", { class: "keys" }, tokens.map((t) => el("li", {}, el("code", {}, t.token))))),
    el("fieldset", {}, el("legend", {}, "Последние запросы программы"),
      el("ol", { class: "log", id: "log", testid: "call-log" })),
    resetButton());
  $("control").addEventListener("toggle", () => attempt(async () => {
    await showFaults();
    await showLog();
    await showTrials();
  }));
  setInterval(() => showLog().catch(() => {}), 2000);
}
