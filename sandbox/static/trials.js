// Trials in «Управление площадкой»: faults by chance, many messages, hostile ones,
// the servers that get events.
import { attempt, call, count, el, toast } from "./dom.js";
import { refresh, shared } from "./state.js";

const CHANCES = [["0", "выключены"], ["0.05", "5 % запросов"], ["0.2", "20 % запросов"]];
const STRUCK = {
  http_500: "ошибка сервера", rate_limit: "слишком часто", drop: "обрыв связи", truncate: "ответ обрезан",
  failed: "сбой событий", twice: "событие дважды",
};
const STATES = { ok: "работает", wait: "ждёт подтверждения", failed: "отключён после сбоев", unconfigured: "не настроен" };

const button = (testid, words, click) => el("button", { type: "button", class: "plain", testid, click: () => attempt(click) }, words);

function chaosBox() {
  const choice = el("select", {
    testid: "chaos", "aria-label": "Случайные сбои",
    change: () => attempt(async () => {
      const share = Number(choice.value);
      if (share) {
        // A quarter each: a request is struck by one fault at most.
        const part = share / 4;
        await call("POST", "chaos", {
          seed: Date.now() % 100000, http_500: part, rate_limit: part, drop: part, truncate: part, failed: part, twice: part,
        });
      } else await call("DELETE", "chaos");
      await showTrials();
    }),
  }, CHANCES.map(([value, words]) => el("option", { value }, words)));
  return el("fieldset", {}, el("legend", {}, "Случайные сбои"), choice,
    el("ul", { class: "faults", id: "chaos-struck", testid: "chaos-struck" }));
}

function messagesBox() {
  const number = el("input", { type: "number", min: 1, max: 5000, value: 100, testid: "bulk-count", "aria-label": "Сколько комментариев" });
  return el("fieldset", {}, el("legend", {}, "Испытания"),
    el("div", { class: "row" },
      button("bulk", "Написать комментарии", async () => {
        const { count: made } = await call("POST", "bulk", {
          network: "vk", group_id: shared.page, count: Number(number.value), seed: shared.world.version,
        });
        toast(`Готово: ${count(made, "комментарий", "комментария", "комментариев")}`);
        await refresh(true);
      }), number),
    button("hostile", "Написать недобрые сообщения", async () => {
      const { written } = await call("POST", "hostile", { group_id: shared.page });
      toast(`Готово: ${count(written.length, "сообщение", "сообщения", "сообщений")}`);
      await refresh(true);
    }));
}

export function trialBoxes() {
  return [chaosBox(), messagesBox(),
    el("fieldset", {}, el("legend", {}, "Доставка событий (Callback API)"),
      el("ul", { class: "faults", id: "servers", testid: "callback-servers" }))];
}

export async function showTrials() {
  const [chaos, { servers }] = await Promise.all([call("GET", "chaos"), call("GET", `callback/${shared.page}`)]);
  const struck = Object.entries(chaos.struck).filter(([, number]) => number);
  document.getElementById("chaos-struck").replaceChildren(
    ...struck.map(([name, number]) => el("li", {}, `${STRUCK[name]}: ${number}`)));
  document.getElementById("servers").replaceChildren(...(servers.length ? servers.map((server) => el("li", {},
    `${server.title}: ${STATES[server.status]}, доставлено ${server.delivered}, неудачно ${server.failed}, ждут ${server.waiting}`))
    : [el("li", { class: "quiet" }, "Программа не подключала доставку событий к этой странице.")]));
}
